//! Migrations are compiled in; a new one is a reason to compile anew.

#[expect(clippy::disallowed_macros, reason = "this is how cargo is told")]
fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
