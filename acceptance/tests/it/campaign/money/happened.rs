//! A campaign proves nothing of what did not happen in it.

use super::{check::Checked, killer::Faults, plan::Plan, post::Post};

/// In so many payments there is some of everything. In fewer, something may be missing by chance.
const ENOUGH: usize = 500;

pub(super) fn all(plan: &Plan, faults: &Faults, post: &Post, checked: &Checked) {
    if plan.payments < ENOUGH {
        return;
    }
    assert!(!faults.is_empty(), "nobody died");
    assert!(post.numbers().1 > 0, "no webhook was delivered");
    assert!(checked.captured > 0, "no charge was taken");
    assert!(checked.given_back > 0, "nothing was given back");
    assert!(checked.late > 0, "no money came late");
    for status in ["confirmed", "refunded", "expired"] {
        assert!(checked.statuses.contains_key(status), "no order is {status}: {:?}", checked.statuses);
    }
}
