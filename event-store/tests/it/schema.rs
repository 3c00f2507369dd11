use event_store::{SchemaError, check_schema, migrate};

use crate::support::{Database, buy, show_of};

async fn refused(database: &Database, role: &str, statement: &str) -> String {
    let mut connection = database.connect().await;
    let role = sqlx::AssertSqlSafe(format!("set role {role}"));
    sqlx::query(role).execute(&mut connection).await.unwrap();
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    sqlx::query(statement).execute(&mut connection).await.unwrap_err().to_string()
}

const CHANGES: [&str; 3] =
    ["update events set type = 'x'", "delete from events where position = 1", "truncate events"];

#[tokio::test(flavor = "multi_thread")]
async fn the_roles_that_work_with_the_log_cannot_change_it() {
    let database = Database::new().await;
    show_of(&database.sequencer(), 1).await;
    for role in ["stagedoor_writer", "stagedoor_reader"] {
        for change in CHANGES {
            let error = refused(&database, role, change).await;
            assert!(error.contains("permission denied"), "{role}: {change}: {error}");
        }
    }
    let error = refused(&database, "stagedoor_reader", "insert into commands select * from commands").await;
    assert!(error.contains("permission denied"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn not_even_a_superuser_changes_the_log_by_accident() {
    let database = Database::new().await;
    show_of(&database.sequencer(), 1).await;
    for change in CHANGES {
        let error = refused(&database, "none", change).await;
        assert!(error.contains("append-only"), "{change}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_of_the_group_can_append() {
    let database = Database::new().await;
    let options = database.options.clone().options([("role", "stagedoor_writer")]);
    let writer = Database { options };
    let sequencer = writer.sequencer();
    let show = show_of(&sequencer, 1).await;
    buy(&sequencer, show).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_not_this_programs_is_refused_by_name() {
    let database = Database::new().await;
    let mut connection = database.connect().await;
    check_schema(&mut connection).await.unwrap();
    migrate(&mut connection).await.unwrap();
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(matches!(check_schema(&mut connection).await, Err(SchemaError::Older { .. })));
    sqlx::query("insert into _sqlx_migrations values (9999, 'future', now(), true, '', 0)")
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(matches!(check_schema(&mut connection).await, Err(SchemaError::Newer { found: 9_999, .. })));
}
