//! The schema as a database itself describes it.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::{Index, Reference, Schema};

/// What one database is asked, each answer in rows of text.
struct Questions {
    /// Table, column, type, `required` or `optional`. A collation that is not ours is part of the type.
    columns: &'static str,
    /// Table, index, `primary`, `unique` or `plain`, column; in the index's order.
    indexes: &'static str,
    /// Table, foreign key, column, table and column that are referred to; in the key's order.
    references: &'static str,
}

const SQLITE: Questions = Questions {
    columns: r#"SELECT t.name, c.name, lower(c.type), CASE c."notnull" WHEN 1 THEN 'required' ELSE 'optional' END
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"#,
    // The key of one integer is the table itself and has no index.
    indexes: r#"SELECT t.name, 'primary', 'primary', c.name, c.pk AS place
        FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.pk > 0
        UNION ALL SELECT t.name, i.name, CASE i."unique" WHEN 1 THEN 'unique' ELSE 'plain' END, c.name, c.seqno
        FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
        WHERE t.type = 'table' AND i.origin <> 'pk' ORDER BY place"#,
    references: r#"SELECT t.name, CAST(f.id AS TEXT), f."from", f."table", f."to"
        FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY f.seq"#,
};

const POSTGRES: Questions = Questions {
    columns: "SELECT table_name::text, column_name::text,
        CASE data_type WHEN 'character varying' THEN concat('varchar(', character_maximum_length, ')') ELSE data_type END
            || COALESCE(' ' || collation_name, ''),
        CASE is_nullable WHEN 'NO' THEN 'required' ELSE 'optional' END
        FROM information_schema.columns WHERE table_schema = current_schema()",
    indexes: "SELECT t.relname::text, i.relname::text,
        CASE WHEN x.indisprimary THEN 'primary' WHEN x.indisunique THEN 'unique' ELSE 'plain' END, a.attname::text
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
        WHERE t.relnamespace = current_schema()::regnamespace ORDER BY k.place",
    references: "SELECT t.relname::text, c.conname::text, a.attname::text, r.relname::text, b.attname::text
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
        CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, referred, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.own
        JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.referred
        WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace ORDER BY k.place",
};

const MYSQL: Questions = Questions {
    columns: "SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR),
        CAST(CONCAT(data_type, IF(data_type IN ('varchar', 'binary'), CONCAT('(', character_maximum_length, ')'), ''),
            IF(collation_name NOT IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin'), CONCAT(' ', collation_name), '')) AS CHAR),
        IF(is_nullable = 'NO', 'required', 'optional')
        FROM information_schema.columns WHERE table_schema = DATABASE()",
    indexes: "SELECT CAST(table_name AS CHAR), CAST(index_name AS CHAR),
        IF(index_name = 'PRIMARY', 'primary', IF(non_unique = 0, 'unique', 'plain')), CAST(column_name AS CHAR)
        FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY seq_in_index",
    references: "SELECT CAST(table_name AS CHAR), CAST(constraint_name AS CHAR), CAST(column_name AS CHAR),
        CAST(referenced_table_name AS CHAR), CAST(referenced_column_name AS CHAR)
        FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
        ORDER BY ordinal_position",
};

/// Tables that are not Barker's: the migration tool's and SQLite's own.
fn is_foreign(table: &str) -> bool {
    table == "seaql_migrations" || table.starts_with("sqlite_")
}

/// A database that can be asked about itself.
pub(super) struct Catalogue<'a> {
    pub(super) connection: &'a DatabaseConnection,
}

impl Catalogue<'_> {
    pub(super) async fn schema(&self) -> Schema {
        let questions = match self.connection.get_database_backend() {
            DbBackend::Sqlite => SQLITE,
            DbBackend::Postgres => POSTGRES,
            _ => MYSQL,
        };
        let mut schema = Schema::default();
        for [table, column, spelled, presence] in self.ask(questions.columns).await {
            assert!(schema.columns.insert((format!("{table}.{column} {spelled}"), presence == "required")), "{table}.{column} twice");
        }
        self.add_indexes(&mut schema, questions.indexes).await;
        self.add_references(&mut schema, questions.references).await;
        schema
    }

    async fn add_indexes(&self, schema: &mut Schema, question: &str) {
        let mut columns_of: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for [table, name, kind, column] in self.ask(question).await {
            columns_of.entry((table, name, kind)).or_default().push(column);
        }
        for ((table, name, kind), columns) in columns_of {
            if kind == "primary" {
                schema.primary_keys.insert((table, columns));
            } else {
                schema.indexes.insert(Index { table, name: Some(name), is_unique: kind == "unique", columns });
            }
        }
    }

    async fn add_references(&self, schema: &mut Schema, question: &str) {
        let mut columns_of: BTreeMap<_, (Vec<String>, Vec<String>)> = BTreeMap::new();
        for [table, name, column, to, referred] in self.ask(question).await {
            let (columns, all_referred) = columns_of.entry((table, name, to)).or_default();
            columns.push(column);
            all_referred.push(referred);
        }
        for ((table, _, to), (columns, referred)) in columns_of {
            schema.references.insert(Reference { table, columns, to, referred });
        }
    }

    /// The first columns of each row of the answer.
    async fn ask<const N: usize>(&self, question: &str) -> Vec<[String; N]> {
        let statement = Statement::from_string(self.connection.get_database_backend(), question);
        let rows = self.connection.query_all_raw(statement).await.unwrap();
        let rows = rows.iter().map(|row| std::array::from_fn(|place| row.try_get_by_index(place).unwrap()));
        rows.filter(|row: &[String; N]| !is_foreign(&row[0])).collect()
    }
}
