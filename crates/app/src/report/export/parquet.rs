//! A Parquet file of one row group: texts, days, and doubles that may be null.

use std::sync::Arc;

use barker_domain::Result;
use parquet::{
    basic::{LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::{Type, TypePtr},
};

use super::{Cells, Column, failed};

pub(super) fn write(columns: Vec<Column>) -> Result<Vec<u8>> {
    written(columns).map_err(failed("write the Parquet file"))
}

fn written(columns: Vec<Column>) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder("report").with_fields(fields).build()?);
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default()))?;
    let mut rows = file.next_row_group()?;
    for column in columns {
        write_column(&mut rows, column.cells)?;
    }
    rows.close()?;
    file.into_inner()
}

fn field(column: &Column) -> Result<TypePtr, ParquetError> {
    let field = match column.cells {
        Cells::Texts(_) => Type::primitive_type_builder(&column.name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::String)),
        Cells::Days(_) => Type::primitive_type_builder(&column.name, Physical::INT32)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(Some(LogicalType::Date)),
        Cells::Numbers(_) => Type::primitive_type_builder(&column.name, Physical::DOUBLE).with_repetition(Repetition::OPTIONAL),
    };
    field.build().map(Arc::new)
}

fn write_column(rows: &mut SerializedRowGroupWriter<'_, Vec<u8>>, cells: Cells) -> Result<(), ParquetError> {
    let Some(mut column) = rows.next_column()? else {
        return Err(ParquetError::General("there is no such column".to_owned()));
    };
    match cells {
        Cells::Texts(texts) => {
            let texts: Vec<_> = texts.into_iter().map(|text| ByteArray::from(text.into_bytes())).collect();
            column.typed::<ByteArrayType>().write_batch(&texts, None, None)?;
        }
        Cells::Days(days) => {
            let days: Vec<_> = days.into_iter().map(|day| day.0).collect();
            column.typed::<Int32Type>().write_batch(&days, None, None)?;
        }
        Cells::Numbers(numbers) => {
            let present: Vec<_> = numbers.iter().map(|number| i16::from(number.is_some())).collect();
            let numbers: Vec<_> = numbers.into_iter().flatten().collect();
            column.typed::<DoubleType>().write_batch(&numbers, Some(&present), None)?;
        }
    }
    column.close()
}
