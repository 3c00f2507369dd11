//! Users, sessions and roles in a real Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use identity::{Caller, Error, Identity, NewUser, Role, Roles, Token};
use sqlx::{PgPool, Row};
use uuid::Uuid;

const PASSWORD: &str = "correct horse";

fn noon() -> DateTime<Utc> {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn ada() -> NewUser {
    NewUser {
        user_id: Uuid::new_v4().into(),
        email: "Ada@Example.org ".into(),
        password: PASSWORD.into(),
        name: "Ada".into(),
    }
}

async fn with_ada() -> (PgPool, Identity, UserId) {
    let pool = support::database().await;
    let identity = Identity::new(pool.clone());
    let user = identity.sign_up(ada(), noon()).await.unwrap();
    (pool, identity, user)
}

async fn sign_in(identity: &Identity) -> Token {
    identity.sign_in("ada@example.org", PASSWORD, noon()).await.unwrap().token
}

async fn who(identity: &Identity, token: &Token) -> Option<Caller> {
    identity.authenticate(token, noon()).await.unwrap()
}

/// Polls: what is promised is "within a second", not "at once".
async fn within_a_second(mut done: impl AsyncFnMut() -> bool) -> bool {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(1);
    while tokio::time::Instant::now() < deadline {
        if done().await {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn who_signs_up_can_sign_in_and_is_a_customer() {
    let (_, identity, user) = with_ada().await;
    let session = identity.sign_in(" ADA@example.org", PASSWORD, noon()).await.unwrap();
    assert_eq!(session.user.user_id, user);
    assert_eq!(session.user.email, "ada@example.org");
    assert_eq!(session.expires_at, noon() + TimeDelta::days(30));
    assert_eq!(who(&identity, &session.token).await, Some(Caller { user_id: user, roles: Roles::default() }));
    assert_eq!(identity.user(user).await.unwrap().unwrap().name, "Ada");
}

#[tokio::test]
async fn an_address_signs_up_once_however_it_is_spelled() {
    let (_, identity, _) = with_ada().await;
    let again = NewUser { email: "aDA@EXAMPLE.org".into(), ..ada() };
    assert!(matches!(identity.sign_up(again, noon()).await, Err(Error::EmailTaken)));
}

#[tokio::test]
async fn of_ten_sign_ups_at_once_with_one_address_one_succeeds() {
    let identity = Identity::new(support::database().await);
    let all = (0..10).map(|_| {
        let identity = identity.clone();
        tokio::spawn(async move { identity.sign_up(ada(), noon()).await.is_ok() })
    });
    let mut made = 0;
    for one in all.collect::<Vec<_>>() {
        made += u32::from(one.await.unwrap());
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer() {
    let (_, identity, _) = with_ada().await;
    let wrong = identity.sign_in("ada@example.org", "incorrect horse", noon()).await;
    let unknown = identity.sign_in("bob@example.org", PASSWORD, noon()).await;
    assert!(matches!(wrong, Err(Error::WrongCredentials)));
    assert!(matches!(unknown, Err(Error::WrongCredentials)));
}

#[tokio::test]
async fn the_database_holds_neither_token_nor_password() {
    let (pool, identity, _) = with_ada().await;
    let token = sign_in(&identity).await;
    let row = sqlx::query(
        "select (select users::text from users) as users, (select sessions::text from sessions) as sessions",
    );
    let row = row.fetch_one(&pool).await.unwrap();
    assert!(!row.get::<String, _>("users").contains(PASSWORD));
    assert!(!row.get::<String, _>("sessions").contains(token.reveal()));
}

#[tokio::test]
async fn signing_out_ends_the_session_here_at_once_and_elsewhere_within_a_second() {
    let (pool, here, _) = with_ada().await;
    let elsewhere = Identity::new(pool);
    let token = sign_in(&here).await;
    assert!(who(&here, &token).await.is_some() && who(&elsewhere, &token).await.is_some());

    here.sign_out(&token, noon()).await.unwrap();

    assert_eq!(who(&here, &token).await, None);
    assert!(within_a_second(async || who(&elsewhere, &token).await.is_none()).await);
    here.sign_out(&token, noon()).await.unwrap();
}

#[tokio::test]
async fn every_session_of_a_user_can_be_ended() {
    let (_, identity, user) = with_ada().await;
    let tokens = [sign_in(&identity).await, sign_in(&identity).await];
    identity.sign_out_everywhere(user, noon()).await.unwrap();
    for token in tokens {
        assert!(within_a_second(async || who(&identity, &token).await.is_none()).await);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_even_while_it_is_cached() {
    let (_, identity, _) = with_ada().await;
    let token = sign_in(&identity).await;
    assert!(who(&identity, &token).await.is_some());
    let later = noon() + TimeDelta::days(30);
    assert!(identity.authenticate(&token, later - TimeDelta::seconds(1)).await.unwrap().is_some());
    assert_eq!(identity.authenticate(&token, later).await.unwrap(), None);
}

#[tokio::test]
async fn a_token_that_nobody_was_given_is_nobodys() {
    let (_, identity, _) = with_ada().await;
    let invented = Token::parse(&format!("sd_{}", "A".repeat(43))).unwrap();
    assert_eq!(who(&identity, &invented).await, None);
}

#[tokio::test]
async fn a_change_of_roles_works_within_a_second_and_is_written_down() {
    let (pool, identity, user) = with_ada().await;
    let token = sign_in(&identity).await;
    assert!(!who(&identity, &token).await.unwrap().roles.has(Role::Operator));
    let admin = UserId::from(Uuid::new_v4());

    identity.set_roles(admin, user, Role::Operator.into(), noon()).await.unwrap();

    let operates = async || who(&identity, &token).await.unwrap().roles.has(Role::Operator);
    assert!(within_a_second(operates).await);
    let audit = sqlx::query("select changed_by, user_id, roles_before, roles_after from role_changes");
    let audit = audit.fetch_one(&pool).await.unwrap();
    assert_eq!(audit.get::<Uuid, _>("changed_by"), admin.uuid());
    assert_eq!(audit.get::<Uuid, _>("user_id"), user.uuid());
    assert_eq!(audit.get::<Vec<String>, _>("roles_before"), ["customer"]);
    assert_eq!(audit.get::<Vec<String>, _>("roles_after"), ["customer", "operator"]);
}

#[tokio::test]
async fn roles_of_nobody_can_not_be_changed() {
    let (_, identity, user) = with_ada().await;
    let nobody = UserId::from(Uuid::new_v4());
    assert!(matches!(
        identity.set_roles(user, nobody, Roles::default(), noon()).await,
        Err(Error::UnknownUser)
    ));
}

#[tokio::test]
async fn a_user_keeps_a_hundred_sessions_and_no_expired_one() {
    let (pool, identity, user) = with_ada().await;
    sqlx::query(
        "insert into sessions (token_hash, user_id, created_at, expires_at)
         select sha256(n::text::bytea), $1, $2 + n * interval '1 second', $2 + interval '9 days'
         from generate_series(1, 150) as n",
    )
    .bind(user.uuid())
    .bind(noon() - TimeDelta::days(1))
    .execute(&pool)
    .await
    .unwrap();
    let kept = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from sessions").fetch_one(&pool).await.unwrap()
    };

    let token = sign_in(&identity).await;
    assert_eq!(kept().await, 100);
    assert!(who(&identity, &token).await.is_some());

    identity.sign_in("ada@example.org", PASSWORD, noon() + TimeDelta::days(20)).await.unwrap();
    assert_eq!(kept().await, 2);
}

#[tokio::test]
async fn seeded_users_are_known_from_others() {
    let identity = Identity::new(support::database().await);
    identity.create_user(ada(), Role::Admin.into(), true, noon()).await.unwrap();
    assert!(!identity.has_unseeded_users().await.unwrap());
    let bob = NewUser { email: "bob@example.org".into(), ..ada() };
    identity.sign_up(bob, noon()).await.unwrap();
    assert!(identity.has_unseeded_users().await.unwrap());
}
