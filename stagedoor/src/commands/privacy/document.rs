//! A JSON document that is written as it comes.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    failure::Failure,
    files::{failed, sync_directory, unusable},
    output,
};

/// Written at once.
const PIECE: usize = 64 << 10;

/// A JSON object. Nothing of it is kept: it may be larger than memory. Only a whole one gets its name.
pub(super) struct Document {
    /// Beside where it is to be, until it is whole. None where it goes to standard output.
    file: Option<(File, PathBuf)>,
    piece: Vec<u8>,
    members: usize,
}

/// A list in a [`Document`], an item a line.
pub(super) struct List<'a> {
    document: &'a mut Document,
    items: usize,
}

impl Document {
    /// Into a new file that its owner alone may read, or to standard output.
    pub(super) fn begin(out: Option<&Path>) -> Result<Self, Failure> {
        let file = out.map(|path| draft(path).map_err(|error| unusable(path, &error)));
        Ok(Self { file: file.transpose()?, piece: Vec::with_capacity(2 * PIECE), members: 0 })
    }

    /// A member with its value.
    pub(super) fn member(&mut self, name: &str, value: &impl Serialize) -> Result<(), Failure> {
        self.name(name)?;
        self.value(value)
    }

    /// A member whose value is a list.
    pub(super) fn list(&mut self, name: &str) -> Result<List<'_>, Failure> {
        self.name(name)?;
        self.piece.push(b'[');
        Ok(List { document: self, items: 0 })
    }

    /// The end. It is on disk then, where it goes to a file.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.piece.extend_from_slice(if self.members == 0 { b"{}\n" } else { b"\n}\n" });
        self.write()?;
        if let Some((file, path)) = &self.file {
            let whole = file.sync_all().and_then(|()| fs::rename(drafted(path), path));
            whole.and_then(|()| sync_directory(path)).map_err(|error| failed(path, &error))?;
            self.file = None;
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> Result<(), Failure> {
        self.piece.extend_from_slice(if self.members == 0 { b"{\n" } else { b",\n" });
        self.members += 1;
        self.value(&name)?;
        self.piece.extend_from_slice(b": ");
        Ok(())
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.piece, value).map_err(Failure::other)?;
        if self.piece.len() >= PIECE { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Failure> {
        match &mut self.file {
            Some((file, path)) => file.write_all(&self.piece).map_err(|error| failed(path, &error))?,
            None => output::lines(&self.piece)?,
        }
        self.piece.clear();
        Ok(())
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        if let Some((_, path)) = &self.file {
            // Whoever could not write may not be able to remove either.
            let _ = fs::remove_file(drafted(path));
        }
    }
}

impl List<'_> {
    /// One more item.
    pub(super) fn item(&mut self, item: &impl Serialize) -> Result<(), Failure> {
        self.document.piece.extend_from_slice(if self.items == 0 { b"\n" } else { b",\n" });
        self.items += 1;
        self.document.value(item)
    }

    /// Some more.
    pub(super) fn items(&mut self, items: &[impl Serialize]) -> Result<(), Failure> {
        items.iter().try_for_each(|item| self.item(item))
    }

    /// That is all.
    pub(super) fn end(self) {
        self.document.piece.extend_from_slice(if self.items == 0 { b"]" } else { b"\n]" });
    }
}

/// Where it is written until it is whole. What a killed program left there is written over.
fn drafted(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn draft(path: &Path) -> io::Result<(File, PathBuf)> {
    if path.try_exists()? {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it exists"));
    }
    let draft = drafted(path);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    Ok((file, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_json_and_nobody_elses_business() {
        use std::os::unix::fs::PermissionsExt;

        let path = std::env::temp_dir().join(format!("document-{}", event_store::new_id()));
        let mut document = Document::begin(Some(&path)).unwrap();
        document.member("a", &1).unwrap();
        let mut list = document.list("b \"quoted\"").unwrap();
        list.items(&["x".repeat(PIECE), String::new()]).unwrap();
        list.end();
        document.list("c").unwrap().end();
        document.end().unwrap();

        let read = std::fs::read(&path).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&read).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        let again = Document::begin(Some(&path)).err();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(read, serde_json::json!({ "a": 1, "b \"quoted\"": ["x".repeat(PIECE), ""], "c": [] }));
        assert_eq!(mode & 0o777, 0o600);
        assert!(again.is_some(), "a file that is there is left alone");
    }

    #[test]
    fn nothing_is_left_of_a_document_that_has_no_end() {
        let path = std::env::temp_dir().join(format!("document-{}", event_store::new_id()));
        let mut document = Document::begin(Some(&path)).unwrap();
        document.member("a", &"x".repeat(PIECE)).unwrap();
        assert!(drafted(&path).exists() && !path.exists());
        drop(document);
        assert!(!drafted(&path).exists() && !path.exists());
    }
}
