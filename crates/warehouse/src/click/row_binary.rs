//! Rows as ClickHouse takes them fastest: `RowBinary`, as its documentation of formats describes it.

use std::collections::HashMap;

use barker_domain::Result;

use crate::{cell::Cell, layout::Sink};

/// The rows of a commit, by table.
#[derive(Debug, Default)]
pub(super) struct Encoded {
    pub(super) tables: HashMap<&'static str, Vec<u8>>,
}

impl Sink for Encoded {
    fn put(&mut self, table: &'static str, row: &[Cell<'_>]) -> Result<()> {
        let bytes = self.tables.entry(table).or_default();
        for cell in row {
            put(cell, bytes);
        }
        Ok(())
    }
}

fn put(cell: &Cell<'_>, bytes: &mut Vec<u8>) {
    match cell {
        // Two halves, each with its least byte first.
        Cell::Uuid(uuid) => {
            let (high, low) = uuid.as_u64_pair();
            bytes.extend(high.to_le_bytes());
            bytes.extend(low.to_le_bytes());
        }
        Cell::Text(text) => {
            put_length(text.len(), bytes);
            bytes.extend(text.as_bytes());
        }
        Cell::Integer(number) => bytes.extend(number.to_le_bytes()),
        Cell::Big(number) => bytes.extend(number.to_le_bytes()),
        Cell::Boolean(is) => bytes.push(u8::from(*is)),
    }
}

/// Seven bits a byte, the least first (LEB128).
fn put_length(mut length: usize, bytes: &mut Vec<u8>) {
    loop {
        let seven = u8::try_from(length & 0x7f).unwrap_or_default();
        length >>= 7;
        if length == 0 {
            return bytes.push(seven);
        }
        bytes.push(seven | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_kind_of_cell_is_laid_out_as_the_format_says() {
        let uuid = Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        let row = [Cell::Uuid(uuid), Cell::Text("й".repeat(100).into()), Cell::Integer(-2), Cell::Big(1), Cell::Boolean(true)];
        let mut encoded = Encoded::default();
        encoded.put("facts", &row).unwrap();
        let bytes = &encoded.tables["facts"];
        assert_eq!(bytes[..16], [0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0, 0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88]);
        assert_eq!(bytes[16..18], [0b1100_1000, 1], "200 bytes");
        assert_eq!(bytes[218..], [0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}
