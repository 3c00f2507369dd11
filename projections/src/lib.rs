//! Log and JetStream to read models.
