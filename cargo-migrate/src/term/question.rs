//! Questions to the user, and who answers them.

use std::io::BufRead as _;

use super::Terminal;
use crate::failure::Failure;

/// Who answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// Nobody: a question is an error.
    #[default]
    Nobody,
    /// `--yes`: every question is answered with yes.
    Yes,
    /// The person at the terminal.
    Person,
}

impl Terminal {
    /// Asks for a yes; `Ok(false)` is a person's no.
    ///
    /// # Errors
    /// Without a terminal and without `--yes` nobody can answer.
    pub fn confirm(&self, question: &str) -> Result<bool, Failure> {
        match self.answers() {
            Answers::Yes => Ok(true),
            Answers::Nobody => Err(unanswered(question).hint("pass `--yes` to answer with yes")),
            Answers::Person => Ok(self.ask(&format!("{question} [y/N]"))?.is_yes()),
        }
    }

    /// Lets a person choose one of several; the answer is an index.
    ///
    /// # Errors
    /// Without a terminal nobody can choose; `--yes` is no choice.
    pub fn choose(&self, question: &str, choices: &[String]) -> Result<usize, Failure> {
        if self.answers() != Answers::Person {
            return Err(unanswered(question).note(format!("the choices: {}", choices.join(", "))));
        }
        for (index, choice) in choices.iter().enumerate() {
            self.prompt(&format!("  {}. {choice}\n", index + 1));
        }
        loop {
            let answer = self.ask(&format!("{question} [1-{}]", choices.len()))?;
            match answer.0.parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(number - 1),
                Ok(_) | Err(_) => self.prompt("one of the numbers, please\n"),
            }
        }
    }

    /// Asks a person for a text, which may be empty.
    ///
    /// # Errors
    /// Without a terminal nobody can answer.
    pub fn text(&self, question: &str) -> Result<String, Failure> {
        match self.answers() {
            Answers::Person => Ok(self.ask(question)?.0),
            Answers::Yes | Answers::Nobody => Err(unanswered(question)),
        }
    }

    fn ask(&self, question: &str) -> Result<Answer, Failure> {
        self.prompt(&format!("{question} "));
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line)?;
        if read == 0 {
            return Err(unanswered(question));
        }
        Ok(Answer(line.trim().to_owned()))
    }

    fn prompt(&self, text: &str) {
        let mut err = self.err.borrow_mut();
        let sent = err.write_all(text.as_bytes()).and_then(|()| err.flush());
        self.closed.set(self.closed.get() || sent.is_err());
    }
}

/// What was typed.
struct Answer(String);

impl Answer {
    fn is_yes(&self) -> bool {
        ["y", "yes"].contains(&self.0.to_lowercase().as_str())
    }
}

fn unanswered(question: &str) -> Failure {
    Failure::user(format!("nobody is here to answer: {question}"))
}
