//! Where what is read is not what the log says.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value};

/// So many are told; the others are counted.
const TOLD: usize = 1_000;

/// Where what is read is not what the log says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Which row: the columns of its primary key.
    pub key: Map<String, Value>,
    /// Which column; absent where the whole row is missing on one side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is read; null where there is nothing.
    pub live: Value,
    /// What the log says; null where it says nothing.
    pub log: Value,
}

/// All of them, as far as they can be told.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Differences {
    /// Rows that are different, missing, or too many.
    pub different_rows: u64,
    /// Which, and in what; of many rows, the first.
    pub differences: Vec<Difference>,
}

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.different_rows == 0
    }

    /// Takes down how a row differs. One that is only written differently does not.
    pub(super) fn add(&mut self, table: &str, key: &[String], live: Option<Value>, log: Option<Value>) {
        let found = differences(table, key, live, log);
        if !found.is_empty() {
            self.different_rows += 1;
            let room = TOLD.saturating_sub(self.differences.len());
            self.differences.extend(found.into_iter().take(room));
        }
    }
}

fn differences(table: &str, key: &[String], live: Option<Value>, log: Option<Value>) -> Vec<Difference> {
    let table = table.to_owned();
    match (columns(live), columns(log)) {
        (None, None) => vec![],
        (Some(live), None) => {
            let key = key_of(&live, key);
            vec![Difference { table, key, column: None, live: live.into(), log: Value::Null }]
        }
        (None, Some(log)) => {
            let key = key_of(&log, key);
            vec![Difference { table, key, column: None, live: Value::Null, log: log.into() }]
        }
        (Some(live), Some(log)) => {
            let key = key_of(&log, key);
            let names: BTreeSet<&String> = live.keys().chain(log.keys()).collect();
            let value = |row: &Map<String, Value>, name: &str| row.get(name).cloned().unwrap_or_default();
            names
                .into_iter()
                .map(|name| Difference {
                    table: table.clone(),
                    key: key.clone(),
                    column: Some(name.clone()),
                    live: value(&live, name),
                    log: value(&log, name),
                })
                .filter(|difference| difference.live != difference.log)
                .collect()
        }
    }
}

/// A row as Postgres hands it out.
fn columns(row: Option<Value>) -> Option<Map<String, Value>> {
    match row {
        Some(Value::Object(columns)) => Some(columns),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => {
            None
        }
    }
}

fn key_of(row: &Map<String, Value>, key: &[String]) -> Map<String, Value> {
    key.iter().filter_map(|column| Some((column.clone(), row.get(column)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(live: Value, log: Value) -> Vec<(Option<String>, Value, Value)> {
        let row = |value: Value| if value.is_null() { None } else { Some(value) };
        let found = differences("orders", &["id".to_owned()], row(live), row(log));
        found
            .into_iter()
            .map(|difference| {
                assert_eq!(Value::from(difference.key), json!({"id": 1}));
                (difference.column, difference.live, difference.log)
            })
            .collect()
    }

    #[test]
    fn rows_differ_by_column() {
        let (live, log) = (json!({"id": 1, "a": "x", "b": 2}), json!({"id": 1, "a": "y", "b": 2}));
        assert_eq!(found(live, log), [(Some("a".to_owned()), json!("x"), json!("y"))]);
    }

    #[test]
    fn a_row_that_is_there_on_one_side_only_differs_as_a_whole() {
        let row = json!({"id": 1, "a": "x"});
        assert_eq!(found(row.clone(), Value::Null), [(None, row.clone(), Value::Null)]);
        assert_eq!(found(Value::Null, row.clone()), [(None, Value::Null, row)]);
    }

    #[test]
    fn only_so_many_are_told_and_all_are_counted() {
        let mut differences = Differences::default();
        for id in 0..1_500 {
            let row = |a: &str| Some(json!({"id": id, "a": a, "b": a}));
            differences.add("orders", &["id".to_owned()], row("x"), row("y"));
        }
        differences.add("orders", &["id".to_owned()], Some(json!({"id": 7})), Some(json!({"id": 7})));
        assert_eq!((differences.different_rows, differences.differences.len()), (1_500, TOLD));
    }
}
