//! Who is calling, and whether they may.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use domain::UserId;
use http::{HeaderMap, header, request::Parts};
use identity::{Role, Roles, Token};

use crate::{Context, Problem};

/// Anyone who is signed in. `Option<Caller>` also lets in whoever sends no credentials at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// What the log calls the user.
    pub user_id: UserId,
    /// What the user may do.
    pub roles: Roles,
}

/// The token of the request, for signing out.
#[derive(Debug, Clone)]
pub struct Bearer(pub Token);

/// A caller with a role: a type, so that a handler can't forget to ask for it.
pub trait Credential: From<Caller> + Send + Sync {
    /// One of these is needed; none, and anyone who is signed in may.
    const ANY_OF: &'static [Role];
}

impl Credential for Caller {
    const ANY_OF: &'static [Role] = &[];
}

macro_rules! credential {
    ($(#[$doc:meta])* $name:ident, $($role:ident)|+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(Caller);

        impl Credential for $name {
            const ANY_OF: &'static [Role] = &[$(Role::$role),+];
        }

        impl From<Caller> for $name {
            fn from(caller: Caller) -> Self {
                Self(caller)
            }
        }

        impl Deref for $name {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl<S> FromRequestParts<S> for $name
        where
            Context: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                require(&parts.headers, &Context::from_ref(state)).await
            }
        }
    };
}

credential!(
    /// A caller who buys.
    Customer, Customer
);
credential!(
    /// A caller who sells shows.
    Organizer, Organizer
);
credential!(
    /// A caller who runs the box office.
    Operator, Operator
);
credential!(
    /// A caller who sells shows or runs the box office.
    Staff, Organizer | Operator
);
credential!(
    /// A caller who may do everything.
    Admin, Admin
);

impl<S> FromRequestParts<S> for Caller
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        require(&parts.headers, &Context::from_ref(state)).await
    }
}

impl<S> OptionalFromRequestParts<S> for Caller
where
    Context: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(None);
        }
        require(&parts.headers, &Context::from_ref(state)).await.map(Some)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        bearer(&parts.headers).map(Self)
    }
}

/// 401 before 403.
pub(super) async fn require<R: Credential>(headers: &HeaderMap, context: &Context) -> Result<R, Problem> {
    let token = bearer(headers)?;
    let known = context.identity().authenticate(&token, context.now()).await?;
    let identity::Caller { user_id, roles } = known.ok_or_else(Problem::unauthenticated)?;
    if R::ANY_OF.is_empty() || R::ANY_OF.iter().any(|role| roles.has(*role)) {
        return Ok(Caller { user_id, roles }.into());
    }
    Err(Problem::forbidden(R::ANY_OF))
}

fn bearer(headers: &HeaderMap) -> Result<Token, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Problem::unauthenticated()) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Token::parse(token.trim()))?
    });
    token.ok_or_else(Problem::unauthenticated)
}
