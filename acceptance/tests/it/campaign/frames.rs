//! Just enough of Postgres' protocol to know a `COMMIT` when a client sends one.

use std::collections::HashSet;

/// Cuts what a client sends into messages, and remembers which prepared statements commit.
#[derive(Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
    /// Before it, messages have no type.
    started: bool,
    committing: HashSet<Vec<u8>>,
    bound: bool,
}

/// A message, with its header.
pub(crate) struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) commits: bool,
}

const START_UP: [u8; 4] = [0, 3, 0, 0];

impl Frames {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub(crate) fn pop(&mut self) -> Option<Frame> {
        let header = usize::from(self.started);
        let length = self.buffer.get(header..header + 4)?;
        let length = usize::try_from(u32::from_be_bytes(length.try_into().unwrap())).unwrap() + header;
        if self.buffer.len() < length {
            return None;
        }
        let bytes: Vec<u8> = self.buffer.drain(..length).collect();
        if !self.started {
            // A request for encryption comes before the start, and looks the same otherwise.
            self.started = bytes[4..8] == START_UP;
            return Some(Frame { bytes, commits: false });
        }
        let commits = self.commits(bytes[0], &bytes[5..]);
        Some(Frame { bytes, commits })
    }

    fn commits(&mut self, kind: u8, body: &[u8]) -> bool {
        let mut texts = body.split(|byte| *byte == 0);
        let (first, second) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        match kind {
            b'Q' => is_commit(first),
            b'P' => {
                self.committing.remove(first);
                if is_commit(second) {
                    self.committing.insert(first.to_vec());
                }
                false
            }
            b'B' => {
                self.bound = self.committing.contains(second);
                false
            }
            b'E' => self.bound,
            _ => false,
        }
    }
}

/// The statement is a commit, or ends with one.
fn is_commit(sql: &[u8]) -> bool {
    let sql = String::from_utf8_lossy(sql).to_lowercase();
    sql.trim_end().trim_end_matches(';').trim_end().ends_with("commit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        [&[kind], length.as_slice(), body].concat()
    }

    #[test]
    fn a_commit_is_known_in_both_forms_and_in_pieces() {
        let start = [&[0, 0, 0, 9], START_UP.as_slice(), &[0]].concat();
        let sent = [
            start,
            message(b'Q', b"BEGIN\0"),
            message(b'Q', b"COMMIT\0"),
            message(b'P', b"s1\0commit\0\0\0"),
            message(b'B', b"\0s1\0\0\0\0\0\0\0"),
            message(b'E', b"\0\0\0\0\0"),
            message(b'Q', b"select 'committed'\0"),
        ];
        let mut frames = Frames::default();
        let mut seen = Vec::new();
        for byte in sent.concat() {
            frames.push(&[byte]);
            while let Some(frame) = frames.pop() {
                seen.push(frame.commits);
            }
        }
        assert_eq!(seen, [false, false, true, false, false, true, false]);
    }
}
