//! What a caller's roles let them see.

use edge::extract::Caller;
use identity::Role;
use projections::Viewer;

/// Operators see everything, organizers what belongs to their shows too, everyone what is their own.
pub(crate) fn viewer(caller: &Caller) -> Viewer {
    if caller.roles.has(Role::Operator) {
        Viewer::Operator
    } else if caller.roles.has(Role::Organizer) {
        Viewer::Organizer(caller.user_id)
    } else {
        Viewer::Customer(caller.user_id)
    }
}

#[cfg(test)]
mod tests {
    use domain::UserId;
    use identity::Roles;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_caller_sees_as_much_as_the_widest_role_allows() {
        let user_id = UserId::from(Uuid::from_u128(7));
        let seen = |roles: Roles| viewer(&Caller { user_id, roles });
        let customer = Roles::default();
        assert_eq!(seen(customer), Viewer::Customer(user_id));
        assert_eq!(seen(customer.with(Role::Organizer)), Viewer::Organizer(user_id));
        assert_eq!(seen(customer.with(Role::Organizer).with(Role::Operator)), Viewer::Operator);
        assert_eq!(seen(customer.with(Role::Admin)), Viewer::Operator);
    }
}
