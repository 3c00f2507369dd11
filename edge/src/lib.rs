//! What both HTTP services share.
