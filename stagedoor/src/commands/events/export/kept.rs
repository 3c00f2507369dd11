//! What an earlier export left in a file, of which only the end is read.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use event_store::{
    Hash, Position,
    archive::{Begin, LONGEST_LINE},
};

use super::form::{Form, Known};
use crate::{failure::Failure, files::failed};

/// What a file holds already.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Up to where, and the hash there; nothing if there is no event yet.
    pub(super) last: Option<(Position, Hash)>,
    /// How much of the file stays.
    pub(super) length: u64,
}

/// What is in a file that is to hold such an export. One that holds anything else is left alone.
pub(super) fn kept(file: &mut File, path: &Path, form: Form, begin: &Begin) -> Result<Kept, Failure> {
    let first = read_at(file, 0, LONGEST_LINE).map_err(|error| failed(path, &error))?;
    let refuse = |why: &str| {
        Failure::usage(format!("{} {why}: it is left alone", path.display()), "name another file")
    };
    let Some(end) = first.iter().position(|byte| *byte == b'\n') else {
        // Nothing, or what a crash left of the first line.
        let torn = form.first_line(begin).as_bytes().starts_with(&first);
        return if torn { Ok(Kept::default()) } else { Err(refuse("is no export")) };
    };
    match form.know(&first[..end]) {
        Some(Known::First(None)) => {}
        Some(Known::First(Some(other))) if other == *begin => {}
        Some(Known::First(Some(other))) if other.log_id != begin.log_id => {
            return Err(refuse(&format!("holds log {}, this is log {}", other.log_id, begin.log_id)));
        }
        Some(Known::First(Some(_))) => return Err(refuse("was exported with other options")),
        Some(Known::Event(..) | Known::Last(..)) | None => return Err(refuse("is no export of this form")),
    }
    let tail = tail(file).map_err(|error| failed(path, &error))?;
    tail.last(form).ok_or_else(|| refuse("ends with what is no line of an export"))
}

/// The end of a file, from a line's beginning to the end of the last whole line.
struct Tail {
    bytes: Vec<u8>,
    /// Where in the file they begin.
    at: u64,
}

impl Tail {
    /// The last line that is not the end's.
    fn last(&self, form: Form) -> Option<Kept> {
        let mut end = self.bytes.len();
        let line = self.bytes[..end].strip_suffix(b"\n")?;
        let begin = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let known = form.know(&line[begin..])?;
        let last = match known {
            Known::First(_) => None,
            Known::Event(position, hash) => Some((position, hash)),
            Known::Last(position, hash) => {
                end = begin;
                (position > 0).then_some((position, hash))
            }
        };
        Some(Kept { last, length: self.at + end as u64 })
    }
}

fn tail(file: &mut File) -> io::Result<Tail> {
    let length = file.metadata()?.len();
    let at = length.saturating_sub(2 * LONGEST_LINE);
    let mut bytes = read_at(file, at, 2 * LONGEST_LINE)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    bytes.truncate(whole);
    Ok(Tail { bytes, at })
}

fn read_at(file: &mut File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use event_store::{HashColumn, RecordedEvent, Selection, archive::End};
    use uuid::Uuid;

    use super::*;

    fn begin() -> Begin {
        Begin::of(Uuid::from_u128(1), &Selection::default())
    }

    fn event(position: Position) -> RecordedEvent {
        RecordedEvent {
            position,
            stream_id: "order-x".into(),
            version: position,
            event_id: Uuid::nil(),
            event_type: "OrderPlaced".into(),
            data: r#"{"a":"b, c"}"#.into(),
            metadata: "{}".into(),
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            hash: HashColumn([u8::try_from(position).unwrap(); 32]),
        }
    }

    fn look(text: &[u8], form: Form, begin: &Begin) -> Result<Kept, Failure> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        kept(&mut file, Path::new("log"), form, begin)
    }

    /// An export of three events, and how long it is after each of its lines.
    fn export(form: Form) -> (Vec<u8>, Vec<usize>) {
        let (mut text, mut lengths) = (form.first_line(&begin()).into_bytes(), Vec::new());
        for position in 1..=3 {
            lengths.push(text.len());
            form.write(&event(position), &mut text).unwrap();
        }
        lengths.push(text.len());
        (text, lengths)
    }

    #[test]
    fn wherever_it_was_cut_off_the_whole_lines_are_kept() {
        for form in [Form::JsonLines, Form::Csv] {
            let (text, lengths) = export(form);
            for cut in 0..=text.len() {
                let whole = lengths.iter().rposition(|length| *length <= cut);
                let expected = whole.map_or(Kept::default(), |events| Kept {
                    last: (events > 0).then(|| {
                        let number = u8::try_from(events).unwrap();
                        (Position::from(number), [number; 32])
                    }),
                    length: lengths[events] as u64,
                });
                assert_eq!(look(&text[..cut], form, &begin()).unwrap(), expected, "{form:?}, {cut} bytes");
            }
        }
    }

    #[test]
    fn the_last_line_is_written_anew_but_tells_how_far_everything_was_looked_at() {
        let (mut text, lengths) = export(Form::JsonLines);
        let end = End { position: 9, hash: [9; 32] };
        text.extend(end.to_line().into_bytes());
        let found = look(&text, Form::JsonLines, &begin()).unwrap();
        assert_eq!(found, Kept { last: Some((9, [9; 32])), length: lengths[3] as u64 });
    }

    #[test]
    fn what_is_not_the_same_export_is_left_alone() {
        let (text, lengths) = export(Form::JsonLines);
        let refused = |text: &[u8], form, begin: &Begin| look(text, form, begin).unwrap_err().to_string();
        let other_log = Begin::of(Uuid::from_u128(2), &Selection::default());
        assert!(refused(&text, Form::JsonLines, &other_log).contains("this is log 00000000"));
        let of_a_type = Selection { event_type: Some("OrderPlaced".into()), ..Selection::default() };
        let of_a_type = Begin::of(Uuid::from_u128(1), &of_a_type);
        assert!(refused(&text, Form::JsonLines, &of_a_type).contains("other options"));
        assert!(refused(&text, Form::Csv, &begin()).contains("no export of this form"));
        assert!(refused(b"a shopping list", Form::JsonLines, &begin()).contains("is no export"));
        assert!(refused(b"a shopping list\n", Form::Csv, &begin()).contains("is no export"));
        let spoilt = [&text[..lengths[1]], b"and more\n"].concat();
        assert!(refused(&spoilt, Form::JsonLines, &begin()).contains("no line of an export"));
    }
}
