//! An export's lines, from a file or a pipe: checked one by one, and never more than a page in memory.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, stdin},
    mem,
    path::Path,
};

use event_store::{
    Chain, RecordedEvent,
    archive::{Begin, COLUMNS, LONGEST_LINE, Line, read_line},
};
use futures::Stream;
use tokio::sync::mpsc;

use crate::{failure::Failure, output::Progress};

/// Pages that wait for the database.
const AHEAD: usize = 2;
/// A page ends after so many bytes.
const PAGE_BYTES: usize = 1 << 20;

type Page = Result<Vec<RecordedEvent>, Failure>;

/// What comes from the thread that reads.
enum Came {
    Page(Vec<RecordedEvent>),
    /// The file says that the log ends here. Without that, whatever came is not a log.
    End,
    Wrong(Failure),
}

/// The events of an export of a whole log. What is wrong with it is the last item.
pub(super) fn pages(file: &Path, progress: Progress) -> Result<impl Stream<Item = Page>, Failure> {
    let (input, length): (Box<dyn Read + Send>, _) = if file == Path::new("-") {
        (Box::new(stdin()), 0)
    } else {
        let wrong = |error: io::Error| {
            Failure::usage(format!("{} can't be read: {error}", file.display()), "what `events export` wrote")
        };
        let file = File::open(file).map_err(wrong)?;
        let length = file.metadata().map_err(wrong)?.len();
        (Box::new(file), length)
    };
    Ok(read_ahead(input, length, progress))
}

fn read_ahead(input: Box<dyn Read + Send>, length: u64, progress: Progress) -> impl Stream<Item = Page> {
    let (sender, came) = mpsc::channel(AHEAD);
    let mut reading =
        Reading { input: BufReader::with_capacity(1 << 18, input), line: 0, read: 0, length, progress };
    // A thread of its own: files are read without waiting for anybody.
    std::thread::spawn(move || {
        let sent = reading.send(&sender);
        reading.progress.end();
        let last = sent.map_or_else(Came::Wrong, |()| Came::End);
        // Nobody listens any more where the database failed first.
        let _ = sender.blocking_send(last);
    });
    futures::stream::unfold(came, async |mut came| {
        let page = match came.recv().await {
            Some(Came::Page(page)) => Ok(page),
            Some(Came::Wrong(failure)) => Err(failure),
            Some(Came::End) => return None,
            None => Err(Failure::other("whoever read the file has panicked; nothing was imported")),
        };
        Some((page, came))
    })
}

struct Reading {
    input: BufReader<Box<dyn Read + Send>>,
    /// The line that was read last, from 1.
    line: u64,
    read: u64,
    length: u64,
    progress: Progress,
}

impl Reading {
    fn send(&mut self, sender: &mpsc::Sender<Came>) -> Result<(), Failure> {
        self.begin()?;
        let (mut page, mut bytes, mut last) = (Vec::new(), 0, Chain::default());
        loop {
            let text = self.next()?.ok_or_else(|| self.cut_off(&last))?;
            match self.read_line(&text)? {
                Line::Event(event) => {
                    last = Chain::after(event.position, event.hash.0);
                    bytes += text.len();
                    page.push(*event);
                }
                Line::End(end) if (end.position, end.hash) == (last.position(), last.hash()) => break,
                Line::End(end) => {
                    let (end, last) = (end.position, last.position());
                    return Err(self.fault(&format!(
                        "says that the log ends at position {end}, the one before at {last}"
                    )));
                }
                Line::Begin(_) => return Err(self.fault("begins a second export")),
            }
            if bytes >= PAGE_BYTES {
                bytes = 0;
                self.tell();
                if sender.blocking_send(Came::Page(mem::take(&mut page))).is_err() {
                    return Ok(());
                }
            }
        }
        if self.next()?.is_some() {
            return Err(self.fault("comes after the end"));
        }
        let _ = sender.blocking_send(Came::Page(page));
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Failure> {
        let hint = "stagedoor events export --out log.jsonl";
        let first = self.next()?.unwrap_or_default();
        if first == COLUMNS.trim_end().as_bytes() {
            return Err(Failure::usage("CSV can't be imported", hint));
        }
        let Ok(Line::Begin(begin)) = read_line(&first) else {
            return Err(self
                .read_line(&first)
                .err()
                .unwrap_or_else(|| self.fault("is not the first of an export")));
        };
        let Begin { asked, log_id, .. } = &begin;
        if asked.is_all() {
            return Ok(());
        }
        Err(Failure::usage(format!("the file holds only a part of log {log_id}, and a part is no log"), hint))
    }

    /// The next line, without its break; `None` at the end. One without a break was cut off.
    fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let mut text = Vec::new();
        let read = self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text);
        let read = read.map_err(|error| Failure::other(format!("the file can't be read: {error}")))?;
        self.line += 1;
        self.read += read as u64;
        match text.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(text)),
            Some(_) if read as u64 == LONGEST_LINE => Err(self.fault("is longer than any event")),
            Some(_) => Err(self.fault("is cut off: `events export --out` goes on with the file")),
        }
    }

    /// Of a pipe nobody knows how long it is.
    fn tell(&mut self) {
        if self.length > 0 {
            self.progress.tell(count(self.read), count(self.length));
        }
    }

    fn read_line(&self, text: &[u8]) -> Result<Line, Failure> {
        read_line(text).map_err(|error| self.fault(&format!("is {error}")))
    }

    fn cut_off(&self, last: &Chain) -> Failure {
        let position = last.position();
        self.fault(&format!(
            "is missing: after position {position} the file does not say that the log ends there; it was cut off, or is \
             still being written, and `events export --out` goes on with it"
        ))
    }

    fn fault(&self, what: &str) -> Failure {
        Failure::Fault(format!("line {} {what}; nothing was imported", self.line))
    }
}

fn count(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, pin_mut};

    use super::*;

    struct Panics;

    impl Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("while reading")
        }
    }

    #[tokio::test]
    async fn a_panic_is_not_the_end_of_a_log() {
        let first =
            br#"{"export":{"format":1,"log_id":"00000000-0000-0000-0000-000000000001","from":1}}"#.as_slice();
        let input = Box::new(first.chain(b"\n".as_slice()).chain(Panics));

        let pages = read_ahead(input, 0, Progress::new("bytes"));

        pin_mut!(pages);
        let next = pages.next().await;
        assert!(next.is_some_and(|page| page.is_err_and(|failure| failure.to_string().contains("panicked"))));
    }
}
