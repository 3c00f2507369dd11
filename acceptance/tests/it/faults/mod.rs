//! What is killed, frozen or wiped while customers buy.

mod frozen_writer;
mod killed_nats;
mod killed_postgres;
mod killed_process;
mod restored;
mod shutdown;
