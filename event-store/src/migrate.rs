//! The schema and the roles that may use it.

use sqlx::{PgConnection, migrate::Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// SQLSTATE `insufficient_privilege`.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The statements that make the roles; to be run by an administrator where the owner may not.
pub const ROLES_SQL: &str = include_str!("sql/roles.sql");

/// Why a database can't be used by this program.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The owner may not create roles.
    #[error("this role may not create the roles Stagedoor needs; have an administrator run:\n\n{ROLES_SQL}")]
    RolesMissing,
    /// The database has not been migrated, or not far enough.
    #[error("the database's schema is at {found}, this program needs {needed}: run `stagedoor migrate`")]
    Older {
        /// The newest migration that was run; 0 for none.
        found: i64,
        /// The newest migration of this program.
        needed: i64,
    },
    /// A newer program migrated the database.
    #[error(
        "the database's schema is at {found}, newer than this program's {needed}: run the newer `stagedoor`"
    )]
    Newer {
        /// The newest migration that was run.
        found: i64,
        /// The newest migration of this program.
        needed: i64,
    },
    /// A migration failed, or one that was run has since been changed.
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database could not be reached or refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Makes the roles, where missing, and runs every migration not yet run. Safe to run from several processes at once.
///
/// # Errors
/// See [`SchemaError`].
pub async fn migrate(connection: &mut PgConnection) -> Result<(), SchemaError> {
    make_roles(connection).await?;
    MIGRATIONS.run(&mut *connection).await.map_err(newer)?;
    sqlx::raw_sql(include_str!("sql/grant_schema_version.sql")).execute(connection).await?;
    Ok(())
}

/// Whether the database's schema is exactly this program's.
///
/// # Errors
/// [`SchemaError::Older`] and [`SchemaError::Newer`] name the command that helps.
pub async fn check_schema(connection: &mut PgConnection) -> Result<(), SchemaError> {
    let needed = newest();
    let exists: bool =
        sqlx::query_scalar(include_str!("sql/schema_exists.sql")).fetch_one(&mut *connection).await?;
    let found: i64 = if exists {
        sqlx::query_scalar(include_str!("sql/schema_version.sql")).fetch_one(connection).await?
    } else {
        0
    };
    match found.cmp(&needed) {
        std::cmp::Ordering::Less => Err(SchemaError::Older { found, needed }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(SchemaError::Newer { found, needed }),
    }
}

/// A migration that was run and is not known here is a newer program's.
fn newer(error: sqlx::migrate::MigrateError) -> SchemaError {
    if let sqlx::migrate::MigrateError::VersionMissing(found) = error {
        return SchemaError::Newer { found, needed: newest() };
    }
    error.into()
}

fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

async fn make_roles(connection: &mut PgConnection) -> Result<(), SchemaError> {
    let exist: bool =
        sqlx::query_scalar(include_str!("sql/roles_exist.sql")).fetch_one(&mut *connection).await?;
    if exist {
        return Ok(());
    }
    match sqlx::raw_sql(ROLES_SQL).execute(connection).await {
        Ok(_) => Ok(()),
        Err(error) if is_forbidden(&error) => Err(SchemaError::RolesMissing),
        Err(error) => Err(error.into()),
    }
}

fn is_forbidden(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(INSUFFICIENT_PRIVILEGE))
}
