//! Sign-up, sign-in, sign-out, and who a token belongs to.

use std::{fmt, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use moka::future::Cache;
use sqlx::{PgPool, Row, postgres::PgRow};

use crate::{Error, NewUser, Roles, Token, User, normalised_email, password::Passwords, token::TokenHash};

/// A revocation is promised to work everywhere within a second; the query behind an entry takes part of that.
const CACHED_FOR: Duration = Duration::from_millis(800);
const CACHED_SESSIONS: u64 = 100_000;
const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// More than these, and the oldest end.
const SESSIONS_PER_USER: i64 = 100;

/// Users, sessions and roles. Cheap to clone; clones share one cache.
#[derive(Clone)]
pub struct Identity {
    pool: PgPool,
    passwords: Passwords,
    callers: Cache<TokenHash, SignedIn>,
}

/// Who is calling, and what they may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// What the log calls the user.
    pub user_id: UserId,
    /// What the user may do.
    pub roles: Roles,
}

/// A session that was just opened.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the client sends from now on.
    pub token: Token,
    /// When the token ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Who signed in.
    pub user: User,
}

#[derive(Clone, Copy)]
struct SignedIn {
    caller: Caller,
    expires_at: DateTime<Utc>,
}

impl Identity {
    /// On a pool whose role may write users and sessions (or only read them, where nobody signs in).
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        let callers = Cache::builder().max_capacity(CACHED_SESSIONS).time_to_live(CACHED_FOR).build();
        Self { pool, passwords: Passwords::new(), callers }
    }

    /// Makes a customer.
    pub async fn sign_up(&self, user: NewUser, now: DateTime<Utc>) -> Result<UserId, Error> {
        self.create_user(user, Roles::default(), false, now).await
    }

    /// Makes a user with roles; `seeded` marks those whose password is public.
    pub async fn create_user(
        &self,
        user: NewUser,
        roles: Roles,
        seeded: bool,
        now: DateTime<Utc>,
    ) -> Result<UserId, Error> {
        user.check()?;
        let hash = self.passwords.hash(user.password).await?;
        let added = sqlx::query(include_str!("sql/add_user.sql"))
            .bind(user.user_id.uuid())
            .bind(normalised_email(&user.email))
            .bind(user.name.trim())
            .bind(hash)
            .bind(roles.to_column())
            .bind(now)
            .bind(seeded)
            .execute(&self.pool)
            .await?;
        if added.rows_affected() == 1 { Ok(user.user_id) } else { Err(Error::EmailTaken) }
    }

    /// Opens a session. An unknown address and a wrong password take the same time and give the same answer.
    pub async fn sign_in(&self, email: &str, password: &str, now: DateTime<Utc>) -> Result<Session, Error> {
        let found = sqlx::query(include_str!("sql/find_by_email.sql"))
            .bind(normalised_email(email))
            .fetch_optional(&self.pool)
            .await?;
        let hash = found.as_ref().map(|row| row.try_get("password_hash")).transpose()?;
        let verified = self.passwords.verify(password.to_owned(), hash).await?;
        match found {
            Some(row) if verified => self.open_session(user_from(&row)?, now).await,
            Some(_) | None => Err(Error::WrongCredentials),
        }
    }

    async fn open_session(&self, user: User, now: DateTime<Utc>) -> Result<Session, Error> {
        let token = Token::random();
        let expires_at = now + SESSION_LIFE;
        let added = sqlx::query(include_str!("sql/add_session.sql"))
            .bind(token.hash())
            .bind(user.user_id.uuid())
            .bind(now)
            .bind(expires_at)
            .bind(SESSIONS_PER_USER)
            .execute(&self.pool)
            .await?;
        // Erased while the password was verified.
        if added.rows_affected() == 0 {
            return Err(Error::WrongCredentials);
        }
        Ok(Session { token, expires_at, user })
    }

    /// Ends a session: at once here, within a second everywhere. Ending it twice is no error.
    pub async fn sign_out(&self, token: &Token, now: DateTime<Utc>) -> Result<(), Error> {
        let hash = token.hash();
        sqlx::query(include_str!("sql/revoke_session.sql")).bind(hash).bind(now).execute(&self.pool).await?;
        self.callers.invalidate(&hash).await;
        Ok(())
    }

    /// Ends every session of a user, within a second everywhere.
    pub async fn sign_out_everywhere(&self, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
        let revoke = sqlx::query(include_str!("sql/revoke_sessions_of.sql")).bind(user.uuid()).bind(now);
        revoke.execute(&self.pool).await?;
        Ok(())
    }

    /// Who this token belongs to; `None` when it is unknown, revoked or expired.
    ///
    /// Answers may be 800 ms old; only those that name somebody are kept.
    pub async fn authenticate(&self, token: &Token, now: DateTime<Utc>) -> Result<Option<Caller>, Error> {
        let hash = token.hash();
        let known = match self.callers.get(&hash).await {
            Some(known) => Some(known),
            None => self.find_session(hash, now).await?,
        };
        Ok(known.filter(|known| now < known.expires_at).map(|known| known.caller))
    }

    async fn find_session(&self, hash: TokenHash, now: DateTime<Utc>) -> Result<Option<SignedIn>, Error> {
        let found = sqlx::query(include_str!("sql/find_session.sql")).bind(hash).bind(now);
        let Some(row) = found.fetch_optional(&self.pool).await? else { return Ok(None) };
        let caller =
            Caller { user_id: row.try_get::<uuid::Uuid, _>("user_id")?.into(), roles: roles_from(&row)? };
        let signed_in = SignedIn { caller, expires_at: row.try_get("expires_at")? };
        self.callers.insert(hash, signed_in).await;
        Ok(Some(signed_in))
    }

    /// A user by id.
    pub async fn user(&self, user: UserId) -> Result<Option<User>, Error> {
        let found = sqlx::query(include_str!("sql/find_user.sql")).bind(user.uuid());
        found.fetch_optional(&self.pool).await?.map(|row| user_from(&row)).transpose()
    }

    /// Replaces a user's roles and writes down who did it; effective within a second everywhere.
    ///
    /// Whether `admin` may do so is the caller's to check.
    pub async fn set_roles(
        &self,
        admin: UserId,
        user: UserId,
        roles: Roles,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let changed = sqlx::query(include_str!("sql/set_roles.sql"))
            .bind(user.uuid())
            .bind(roles.to_column())
            .bind(admin.uuid())
            .bind(now)
            .execute(&self.pool)
            .await?;
        if changed.rows_affected() == 1 { Ok(()) } else { Err(Error::UnknownUser) }
    }

    /// Whether anyone is here whom the demonstration seed did not make.
    pub async fn has_unseeded_users(&self) -> Result<bool, Error> {
        Ok(sqlx::query_scalar(include_str!("sql/has_unseeded_users.sql")).fetch_one(&self.pool).await?)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn roles_from(row: &PgRow) -> Result<Roles, sqlx::Error> {
    Ok(Roles::from_column(&row.try_get::<Vec<String>, _>("roles")?))
}

fn user_from(row: &PgRow) -> Result<User, Error> {
    Ok(User {
        user_id: row.try_get::<uuid::Uuid, _>("user_id")?.into(),
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        roles: roles_from(row)?,
        created_at: row.try_get("created_at")?,
        seeded: row.try_get("seeded")?,
    })
}
