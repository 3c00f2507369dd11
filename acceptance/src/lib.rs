//! End-to-end tests through HTTP and the program.
