//! Every place where a person could have left a trace.

use std::{collections::BTreeSet, fs, path::Path};

use sqlx::{AssertSqlSafe, PgPool};

/// What nobody else is called, enters or types.
pub(super) const CANARIES: [&str; 8] = [
    "girlitz",
    "voliere",
    "zaunammer",
    "kanarienhahn",
    "stieglitz",
    "rotkehlchen",
    "wiedehopf",
    "bachstelze",
];

/// Which of them are in a text, however they are spelled.
pub(super) fn canaries_in(text: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(&text.to_ascii_lowercase()).into_owned();
    CANARIES.into_iter().filter(|canary| text.contains(canary)).collect()
}

/// The tables of all schemas, those of the server itself among them, in which one of them is.
pub(super) async fn tables_with_canaries(pool: &PgPool) -> BTreeSet<String> {
    sqlx::raw_sql("analyze").execute(pool).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace \
         where relkind in ('r', 'm')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 90, "{tables:?}");
    let any = CANARIES.join("|");
    let mut found = BTreeSet::new();
    for table in tables {
        let look = format!("select exists (select from {table} as one where one::text ~* '{any}')");
        if sqlx::query_scalar(AssertSqlSafe(look)).fetch_one(pool).await.unwrap() {
            found.insert(table);
        }
    }
    found
}

/// The files below a directory in which one of them is, and which; but for those below another.
pub(super) fn files_with_canaries(directory: &Path, but: Option<&Path>) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if Some(&*path) == but {
            continue;
        }
        if path.is_dir() {
            found.extend(files_with_canaries(&path, but));
        } else if let Ok(bytes) = fs::read(&path) {
            // A socket can't be read, and what is deleted meanwhile is gone.
            let canaries = canaries_in(&bytes);
            found.extend((!canaries.is_empty()).then(|| format!("{}: {canaries:?}", path.display())));
        }
    }
    found
}
