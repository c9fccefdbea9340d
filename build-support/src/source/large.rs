//! A large up script is read in parts and left where it is, in its file or in the binary, so that a
//! revision of 100 MB costs the memory of its list of statements.
//!
//! This is for what is large in truth: plain statements, one after another, under a head. What has to
//! be seen as a whole, such as BEGIN and COMMIT, batches, or anything that is wrong, is left to the
//! usual way, which has the words for it.

use std::{
    borrow::Cow,
    io::{self, Read},
    ops::Range,
    path::Path,
};

use super::{
    Findings, Text,
    contents::{Contents, LARGE},
    decode::{BOM, hidden},
    header,
    key::Role,
    message,
    script::{ReadScript, asked},
    transaction::Asked,
};
#[cfg(feature = "folder")]
use crate::revision::Blocks;
use crate::{
    revision::{RunningChecksum, Script, ScriptText, TransactionMode},
    sql::{Comment, Kind, Split, split_begun, split_with},
};

/// How much is read at a time, in bytes.
const PART: u64 = 128 * 1024;

/// Reads an up script; `None` where it is not to be read in this way. `mark` is what diesel's
/// metadata says.
pub(super) fn read(
    path: &Path,
    contents: &Contents,
    mark: Option<TransactionMode>,
) -> Option<ReadScript> {
    let found = match contents {
        Contents::Bytes(Cow::Borrowed(bytes)) if bytes.len() as u64 > LARGE => {
            in_binary(bytes, PART)?
        }
        Contents::Bytes(_) => return None,
        #[cfg(feature = "folder")]
        Contents::Large(file) => in_file(file)?,
    };
    read_found(path, found, mark)
}

fn read_found(
    path: &Path,
    (scan, script_text): (Scan, ScriptText),
    mark: Option<TransactionMode>,
) -> Option<ReadScript> {
    let mut findings = Findings::default();
    let text = scan.head.as_str();
    let directives = header::read(Text { path, text }, &scan.comments, Role::Up, &mut findings);
    let is_plain = findings.errors.is_empty()
        && findings.warnings.is_empty()
        && directives.batches.is_empty()
        && directives.code.is_none();
    let asked = asked(text, &scan.comments, &directives, mark);
    if !is_plain || asked == Asked::Mode(TransactionMode::None) {
        return None;
    }
    let script = Script {
        path: path.to_owned(),
        text: script_text,
        checksum: scan.sum.so_far(),
        statements: scan.statements,
        transaction: TransactionMode::Own,
        lock_timeout: directives.lock_timeout,
        statement_timeout: directives.statement_timeout,
        batches: Vec::new(),
    };
    Some(ReadScript {
        script,
        message: message::find(text, &scan.comments),
        directives,
    })
}

fn in_binary(bytes: &'static [u8], part: u64) -> Option<(Scan, ScriptText)> {
    let scan = Scan::of(&mut &*bytes, part, &mut |_| {}).ok()??;
    let text = std::str::from_utf8(&bytes[scan.skipped..]).ok()?;
    Some((scan, Cow::Borrowed(text).into()))
}

/// What the system refuses it refuses again when the file is read in the usual way, and then it is
/// told.
#[cfg(feature = "folder")]
fn in_file(path: &Path) -> Option<(Scan, ScriptText)> {
    let mut file = std::fs::File::open(path).ok()?;
    let mut blocks = Blocks::of_file(path.to_owned());
    let scan = Scan::of(&mut file, PART, &mut |text| blocks.add(text)).ok()??;
    blocks.skip(scan.skipped as u64);
    Some((scan, blocks.into()))
}

/// What is known of a script after some parts of it.
struct Scan {
    /// The bytes before the text: a BOM.
    skipped: usize,
    sum: RunningChecksum,
    statements: Vec<Range<usize>>,
    /// What stands before the first statement, and the comments in it.
    head: String,
    comments: Vec<Comment>,
    /// What was read and holds no whole statement yet.
    window: String,
    /// Where that begins.
    start: usize,
    /// The first bytes of a character.
    begun: Vec<u8>,
}

/// It can't be read in this way.
struct Unusual;

impl Scan {
    /// Reads a script and shows its text, part by part.
    fn of(
        source: &mut dyn Read,
        part: u64,
        show: &mut dyn FnMut(&str),
    ) -> io::Result<Option<Self>> {
        let mut begun = Vec::new();
        (&mut *source)
            .take(BOM.len() as u64)
            .read_to_end(&mut begun)?;
        let skipped = if begun == BOM.as_bytes() {
            std::mem::take(&mut begun).len()
        } else {
            0
        };
        let mut scan = Self {
            skipped,
            sum: RunningChecksum::default(),
            statements: Vec::new(),
            head: String::new(),
            comments: Vec::new(),
            window: String::new(),
            start: 0,
            begun,
        };
        loop {
            let has_ended = scan.fill(source, part, show)?;
            let is_done = has_ended.and_then(|has_ended| {
                scan.take(has_ended)?;
                Ok(has_ended)
            });
            match is_done {
                Ok(true) => return Ok((!scan.statements.is_empty()).then_some(scan)),
                Ok(false) => {}
                Err(Unusual) => return Ok(None),
            }
        }
    }

    /// Reads on; a statement that is not whole by then is read into twice as much. Tells whether the
    /// script has ended.
    fn fill(
        &mut self,
        source: &mut dyn Read,
        part: u64,
        show: &mut dyn FnMut(&str),
    ) -> io::Result<Result<bool, Unusual>> {
        let wanted = 2 * self.window.len();
        loop {
            let before = self.begun.len();
            (&mut *source).take(part).read_to_end(&mut self.begun)?;
            if self.begun.len() == before {
                return Ok(if before == 0 { Ok(true) } else { Err(Unusual) });
            }
            if self.add(show).is_err() {
                return Ok(Err(Unusual));
            }
            if self.window.len() > wanted {
                return Ok(Ok(false));
            }
        }
    }

    /// Adds the whole characters of what was read.
    fn add(&mut self, show: &mut dyn FnMut(&str)) -> Result<(), Unusual> {
        let valid = match std::str::from_utf8(&self.begun) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Err(Unusual),
        };
        let text = std::str::from_utf8(&self.begun[..valid]).map_err(|_| Unusual)?;
        if hidden(text, 0).is_some() {
            return Err(Unusual);
        }
        show(text);
        self.sum.add(text);
        self.window.push_str(text);
        self.begun.drain(..valid);
        Ok(())
    }

    /// Takes the statements that are whole.
    fn take(&mut self, has_ended: bool) -> Result<(), Unusual> {
        let (window, before) = (self.window.as_str(), self.statements.len());
        let mut comments = Vec::new();
        let mut note = |mut comment: Comment| {
            comment.statement += before;
            if header::matters(comment, window) {
                comments.push(comment);
            }
        };
        let split = match has_ended {
            true => split_with(window, note).map_err(|_| Unusual)?,
            false => split_begun(window, &mut note),
        };
        let in_head = |comment: &Comment| comment.statement == 0 && !comment.inside;
        let is_plain = split.variables.is_empty()
            && comments.iter().all(in_head)
            && (split.statements.iter()).all(|one| matches!(one.kind, Kind::Rows | Kind::Other));
        if !is_plain {
            return Err(Unusual);
        }
        if let (0, Some(first)) = (before, split.statements.first()) {
            self.head = window[..first.range.start].to_owned();
            self.comments = comments;
        }
        self.go_on(split);
        Ok(())
    }

    fn go_on(&mut self, split: Split) {
        let Self { start, .. } = *self;
        let ranges = split.statements.into_iter().map(|one| one.range);
        (self.statements).extend(ranges.map(|range| start + range.start..start + range.end));
        self.window.drain(..split.rest.start);
        self.start += split.rest.start;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::script;

    /// A script read in parts of so many bytes, and whole; nothing where it is wrong.
    fn both_by(part: u64, text: &str) -> (Option<ReadScript>, Option<ReadScript>) {
        let path = Path::new("1_a.up.sql").to_owned();
        let bytes = Contents::Bytes(text.as_bytes().to_vec().into());
        let mut findings = Findings::default();
        let usual = script::read(path.clone(), bytes, Role::Up, None, &mut findings);
        let usual = usual.filter(|_| findings.errors.is_empty() && findings.warnings.is_empty());
        let embedded = Vec::leak(text.as_bytes().to_vec());
        let large = in_binary(embedded, part).and_then(|found| read_found(&path, found, None));
        (large, usual)
    }

    fn both(text: &str) -> (Option<ReadScript>, Option<ReadScript>) {
        both_by(PART, text)
    }

    /// Statements of every shape that cutting could hurt, many times the size of a part.
    fn long(pieces: &[&str], size: usize) -> String {
        let mut text = "\u{feff}-- Load.\r\n-- migrate: label=load lock-timeout=5s\n".to_owned();
        let mut piece = pieces.iter().cycle();
        while text.len() < size {
            text.push_str(piece.next().expect("they go round"));
        }
        text
    }

    const PIECES: [&str; 9] = [
        "INSERT INTO a VALUES (1, 'one; two', $x$ ; '$x$);\n",
        "-- a comment; with a semicolon\n",
        "/* another; /* in it */ */ ;\n",
        "SELECT 'é' 'b'\n  'c;' , E'\\';' ;\r\n",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\n",
        "SELECT (1); SELECT \"a;b\" ;",
        "SET search_path = a  \t\n;\n\n",
        "SELECT 1 -- the end;\n;",
        "DO $$ BEGIN x; END $$;   \r",
    ];

    #[test]
    fn a_script_in_parts_is_the_same_script() {
        let text = long(&PIECES, 1_500_000);
        let (large, usual) = both(&text);
        assert!(large == usual);
        let large = large.expect("it is plain");
        assert_eq!(large.message.as_deref(), Some("Load."));
        assert!(large.script.statements.len() > 30_000);
    }

    #[test]
    fn one_statement_may_be_larger_than_every_part() {
        let rows = "(1, 'x'),\n".repeat(100_000);
        let text = format!("-- Load.\nINSERT INTO a VALUES {rows}(2, 'y');\nSELECT 1");
        let (large, usual) = both(&text);
        assert!(large.is_some());
        assert!(large == usual);
    }

    #[test]
    fn what_has_to_be_seen_as_a_whole_is_left_to_the_usual_way() {
        for unusual in [
            "BEGIN; SELECT 1; COMMIT;",
            "COPY a FROM stdin;\n1\n\\.\n",
            "CREATE INDEX CONCURRENTLY i ON a (b);",
            "-- migrate: batch\nUPDATE a SET b = 1;",
            "-- +goose Down\n",
            "SELECT :x;",
            "\\i other.sql\n",
            "SELECT 'open",
            "SELECT '\u{202e}';",
        ] {
            let text = long(&PIECES, 400_000) + unusual;
            assert!(both(&text).0.is_none(), "{unusual}");
        }
        for head in [
            "-- migrate: transaction=none\n",
            "-- migrate: code\n",
            "-- migrate: nonsense=1\n",
        ] {
            let text = head.to_owned() + &long(&PIECES[..1], 400_000)[3..];
            assert!(both(&text).0.is_none(), "{head}");
        }
    }

    #[test]
    fn what_a_binary_carries_is_not_copied() {
        let bytes: &'static [u8] = Vec::leak(long(&PIECES, 1_500_000).into_bytes());
        let contents = Contents::Bytes(Cow::Borrowed(bytes));
        let path = Path::new("1_a.up.sql");
        let mut findings = Findings::default();
        let read = script::read(path.to_owned(), contents, Role::Up, None, &mut findings);
        let script = read.expect("it is a script").script;
        let text = script.text.in_memory().expect("it is in the binary");
        assert_eq!(text.as_ptr(), bytes[BOM.len()..].as_ptr());
    }

    #[cfg(feature = "folder")]
    #[test]
    fn what_is_in_a_file_is_read_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1_a.up.sql");
        let text = long(&PIECES, 1_500_000);
        std::fs::write(&path, &text).expect("write the file");
        let contents = Contents::Large(path.clone());
        let read = read(&path, &contents, None).expect("it is plain");
        assert_eq!(read.script.text.in_memory(), None);
        assert!(read.script.text.whole() == Ok(&text[BOM.len()..]));
        let last = read.script.statements.last().expect("it has some").clone();
        assert!(read.script.text.get(last.clone()).as_deref() == Ok(&text[BOM.len()..][last]));
    }

    /// What begins, ends and goes on in every way that a cut could hurt.
    fn piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            ";",
            " ",
            "\n",
            "\r\n",
            "(",
            ")",
            "'",
            "''",
            "E'",
            "\\'",
            "$$",
            "$a$",
            "$1",
            "--",
            "/*",
            "*/",
            "\"",
            "é",
            "a",
            "1",
            "BEGIN ATOMIC",
            " END",
            "CASE ",
            "SELECT",
            "DO",
            ":",
            "::",
            ", ",
            "-- migrate: label=x\n",
            "-- Says something.\n",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn parts_may_be_cut_anywhere(
            part in 1u64..9,
            whole in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..4),
            pieces in prop::collection::vec(piece(), 0..40),
        ) {
            let text = whole.concat() + &pieces.concat();
            // What one way takes the other takes too, and as the same; only the first may refuse.
            if let (Some(large), usual) = both_by(part, &text) {
                prop_assert!(Some(large) == usual, "{text}");
            }
        }

        #[test]
        fn whole_statements_are_taken_however_they_are_cut(
            part in 1u64..40,
            order in Just(PIECES.to_vec()).prop_shuffle(),
        ) {
            let text = long(&order, 900);
            let (large, usual) = both_by(part, &text);
            prop_assert!(large.is_some());
            prop_assert!(large == usual);
        }
    }
}
