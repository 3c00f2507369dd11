//! Documents whose lines are typed as they stand there.

use super::Home;

/// Between what one block prints and what the next one does.
const NEXT: &str = "=====\n";

/// A document in Markdown.
pub(crate) struct Document(pub(crate) &'static str);

/// A shell block, and what the text block right behind it says that it prints.
#[derive(Debug, Clone)]
struct Shown {
    script: &'static str,
    output: Option<&'static str>,
}

impl Document {
    /// All shell blocks of a section, as one script; so many at least.
    pub(crate) fn script(&self, heading: &str, at_least: usize) -> String {
        let script: Vec<&str> = self.shown(heading).iter().map(|shown| shown.script).collect();
        assert!(script.len() >= at_least, "the section has its blocks: {script:?}");
        script.join("\n")
    }

    /// The shell blocks of a section, in their order.
    fn shown(&self, heading: &str) -> Vec<Shown> {
        let section =
            self.0.split("\n## ").find(|section| section.starts_with(heading)).expect("the section");
        section.split("```sh\n").skip(1).map(Shown::read).collect()
    }
}

impl Home {
    /// Types the blocks of these sections after some other lines, all into one shell; each prints what stands behind it.
    pub(crate) async fn prints(&self, document: &Document, headings: &[&str], before: &str) {
        let shown: Vec<Shown> = headings.iter().flat_map(|heading| document.shown(heading)).collect();
        assert!(shown.len() >= headings.len(), "{shown:?}");
        let lines: Vec<_> = shown.iter().map(|shown| format!("printf {NEXT:?}\n{}", shown.script)).collect();
        let ran = self.shell(&format!("{before}\n{}", lines.concat())).await.code(0);
        let printed: Vec<&str> = ran.out.split(NEXT).skip(1).collect();
        assert_eq!(printed.len(), shown.len(), "{ran:#?}");
        for (shown, printed) in shown.iter().zip(printed) {
            assert_eq!(alike(printed), alike(shown.output.unwrap_or_default()), "{}", shown.script);
        }
    }
}

impl Shown {
    fn read(rest: &'static str) -> Self {
        let (script, behind) = rest.split_once("```\n").expect("an end of the block");
        let output = behind.trim_start().strip_prefix("```text\n");
        Self { script, output: output.map(|output| output.split_once("```").expect("an end of the block").0) }
    }
}

/// A text without what differs from one run to the next: ids, hashes, times, numbers.
pub(crate) fn alike(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
        let (stem, end) = match word.chars().last() {
            Some(last) if !last.is_ascii_alphanumeric() => word.split_at(word.len() - last.len_utf8()),
            Some(_) | None => (word, ""),
        };
        let hexadecimal = stem.len() >= 4 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
        let counted = stem.bytes().any(|byte| byte.is_ascii_digit());
        words.push(if hexadecimal || counted { format!("#{end}") } else { word.to_owned() });
    }
    // Columns are as wide as what stands in them. However a time is divided, it is one time; and an address may begin
    // with a letter or a digit.
    let lines = words.concat();
    let mut alike = lines
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n");
    for divided in ["#-#", "#:#", "#.#", "# #"] {
        while alike.contains(divided) {
            alike = alike.replace(divided, "#");
        }
    }
    alike.trim().to_owned()
}
