//! End-to-end tests: through HTTP and the program `stagedoor` only, as users and operators meet it.
//!
//! They lie in `tests/it`. What they claim about the log they check with means of their own (`support/audit`),
//! so that a fault in the code under test can't hide itself.
