//! HTTP out: reads only.
