//! A large text: it stays in its file, in blocks that are known by their hashes.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::TextError;
use crate::place::Place;

/// A text in a file, in blocks that are known by their hashes.
#[derive(Debug)]
pub(crate) struct Blocks {
    file: PathBuf,
    /// The bytes of the file before the text: a BOM.
    skipped: u64,
    blocks: Vec<Block>,
    length: usize,
    /// The block that was read last: statements follow each other.
    last: Mutex<Option<(usize, Arc<str>)>>,
    /// All of it, once somebody asked.
    whole: OnceLock<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    start: usize,
    hash: [u8; 32],
}

impl PartialEq for Blocks {
    fn eq(&self, other: &Self) -> bool {
        (&self.file, self.skipped, self.length, &self.blocks)
            == (&other.file, other.skipped, other.length, &other.blocks)
    }
}

impl Eq for Blocks {}

impl Blocks {
    /// A text of which no block is known yet.
    pub(crate) fn of_file(file: PathBuf) -> Self {
        Self {
            file,
            skipped: 0,
            blocks: Vec::new(),
            length: 0,
            last: Mutex::new(None),
            whole: OnceLock::new(),
        }
    }

    /// Notes that the text begins behind so many bytes.
    pub(crate) fn skip(&mut self, bytes: u64) {
        self.skipped = bytes;
    }

    /// Notes what follows in the file.
    pub(crate) fn add(&mut self, text: &str) {
        self.blocks.push(Block {
            start: self.length,
            hash: Sha256::digest(text).into(),
        });
        self.length += text.len();
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn whole(&self) -> Result<&str, TextError> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let text = self.get(0..self.length)?;
        Ok(self.whole.get_or_init(|| text))
    }

    pub(super) fn get(&self, range: Range<usize>) -> Result<String, TextError> {
        let mut text = String::with_capacity(range.len());
        let mut index = self.at(range.start);
        while let Some(block) = self.blocks.get(index).filter(|b| b.start < range.end) {
            let part = self.block(index)?;
            let from = range.start.saturating_sub(block.start);
            let to = (range.end - block.start).min(part.len());
            text.push_str(&part[from..to]);
            index += 1;
        }
        Ok(text)
    }

    /// The block that holds a byte.
    fn at(&self, offset: usize) -> usize {
        let behind = self.blocks.partition_point(|block| block.start <= offset);
        behind.saturating_sub(1)
    }

    /// Where a block ends and the next begins.
    fn end(&self, index: usize) -> usize {
        self.blocks
            .get(index + 1)
            .map_or(self.length, |next| next.start)
    }

    fn block(&self, index: usize) -> Result<Arc<str>, TextError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, text)) = last.as_ref().filter(|(at, _)| *at == index) {
            return Ok(Arc::clone(text));
        }
        let changed = || TextError::Changed {
            file: self.file.clone(),
        };
        let bytes = self.read(index).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => changed(),
            _ => TextError::Unreadable {
                file: self.file.clone(),
                reason: error.to_string(),
            },
        })?;
        if Sha256::digest(&bytes)[..] != self.blocks[index].hash {
            return Err(changed());
        }
        let text: Arc<str> = String::from_utf8(bytes).map_err(|_| changed())?.into();
        *last = Some((index, Arc::clone(&text)));
        Ok(text)
    }

    fn read(&self, index: usize) -> io::Result<Vec<u8>> {
        let start = self.blocks[index].start;
        let mut bytes = vec![0; self.end(index) - start];
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(self.skipped + start as u64))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The line of a byte may begin and end in other blocks.
    pub(super) fn place(&self, file: PathBuf, offset: usize) -> Result<Place, TextError> {
        let mut first = self.at(offset);
        let mut text = self.block(first)?.to_string();
        while first > 0 && !text[..offset - self.blocks[first].start].contains('\n') {
            first -= 1;
            text.insert_str(0, &self.block(first)?);
        }
        let start = self.blocks[first].start;
        let mut end = start + text.len();
        while end < self.length && !text[offset - start..].contains('\n') {
            let next = self.block(self.at(end))?;
            text.push_str(&next);
            end += next.len();
        }
        let mut place = Place::at(file, &text, offset - start);
        for index in 0..first {
            place.line += self.block(index)?.matches('\n').count();
        }
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::revision::ScriptText;

    /// A text in a file, and the same in memory.
    fn both(folder: &Path, parts: &[&str]) -> (ScriptText, ScriptText) {
        let file = folder.join("1_a.sql");
        std::fs::write(&file, format!("\u{feff}{}", parts.concat())).expect("write the file");
        let mut blocks = Blocks::of_file(file);
        blocks.skip(3);
        parts.iter().for_each(|part| blocks.add(part));
        (blocks.into(), parts.concat().into())
    }

    #[test]
    fn a_text_in_its_file_reads_as_one_in_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = ["SELECT 1;\nSEL", "ECT ", "é;\n", "SELECT 3 -- no end"];
        let (large, small) = both(folder.path(), &parts);
        assert_eq!(large.len(), small.len());
        let text = small.in_memory().expect("it is short");
        let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for &start in &borders {
            assert_eq!(large.place("a", start), small.place("a", start), "{start}");
            for &end in borders.iter().filter(|end| **end >= start) {
                assert_eq!(
                    large.get(start..end),
                    small.get(start..end),
                    "{start}..{end}"
                );
            }
        }
        assert_eq!(large.whole(), small.whole());
    }

    #[test]
    fn what_was_changed_since_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let (large, _) = both(folder.path(), &["SELECT 1;\n", "SELECT 2;\n"]);
        let file = folder.path().join("1_a.sql");
        let changed = TextError::Changed { file: file.clone() };
        std::fs::write(&file, "\u{feff}SELECT 1;\nSELECT 3;\n").expect("write the file");
        assert_eq!(large.get(0..5).as_deref(), Ok("SELEC"));
        assert_eq!(large.whole(), Err(changed.clone()));
        std::fs::write(&file, "\u{feff}SELECT 1;\nSELECT").expect("write the file");
        assert_eq!(large.get(12..15), Err(changed));
        std::fs::remove_file(&file).expect("remove the file");
        let error = large.get(12..15).expect_err("it is gone").to_string();
        assert!(
            error.starts_with("the file can't be read any more: No such file"),
            "{error}"
        );
    }
}
