//! A sweep's trials as the parts of its page read them: ranked, with the levels of each parameter.

use wb_metrics::Unit;

use crate::number;
use crate::sweep::input::{Goal, SweepPage, TrialStatus};
use crate::sweep::levels::Levels;

/// The trials of a page, ranked.
pub(crate) struct Study<'a> {
    /// What was given.
    pub(crate) page: &'a SweepPage<'a>,
    /// The rows of the trials that are complete and have every objective, best first by the first objective, equal
    /// ones in the order of their numbers.
    pub(crate) ranked: Vec<usize>,
    /// The levels of each parameter, over all trials.
    pub(crate) levels: Vec<Levels>,
    /// The parameters of which more than one value was tried.
    pub(crate) varied: Vec<usize>,
}

impl<'a> Study<'a> {
    /// # Panics
    /// If there is no objective, if the columns do not match the page's lists, or if they differ in length.
    pub(crate) fn of(page: &'a SweepPage<'a>) -> Study<'a> {
        let trials = page.trials;
        assert!(!page.objectives.is_empty(), "a sweep has an objective");
        assert_eq!(trials.params.len(), page.parameters.len(), "a column for each parameter");
        assert_eq!(trials.objectives.len(), page.objectives.len(), "a column for each objective");
        assert_eq!(trials.figures.len(), page.figures.len(), "a column for each figure");
        let n = trials.number.len();
        let columns = trials.params.iter().chain(&trials.objectives).chain(&trials.figures);
        assert!(columns.map(Vec::len).all(|len| len == n), "columns are equally long");
        assert_eq!(trials.status.len(), n, "columns are equally long");
        let judged = |row: &usize| {
            trials.status[*row] == TrialStatus::Complete
                && trials.objectives.iter().chain(&trials.params).all(|column| column[*row].is_finite())
        };
        let mut ranked: Vec<usize> = (0..n).filter(judged).collect();
        let first = &trials.objectives[0];
        let better = |a: &usize, b: &usize| match page.objectives[0].goal {
            Goal::High => first[*b].total_cmp(&first[*a]),
            Goal::Low => first[*a].total_cmp(&first[*b]),
        };
        ranked.sort_by(better);
        let levels: Vec<Levels> = trials.params.iter().map(|column| Levels::of(column)).collect();
        let varied = (0..levels.len()).filter(|p| levels[*p].count() > 1).collect();
        Study { page, ranked, levels, varied }
    }

    /// The row of the best trial; none where no trial can be judged.
    pub(crate) fn best(&self) -> Option<usize> {
        self.ranked.first().copied()
    }

    /// The first objective of a row.
    pub(crate) fn objective(&self, row: usize) -> f64 {
        self.page.trials.objectives[0][row]
    }

    /// The first objective of a row, written.
    pub(crate) fn objective_text(&self, row: usize) -> String {
        number::in_unit(self.objective(row), self.page.objectives[0].unit)
    }

    /// The better of two values of the first objective.
    pub(crate) fn better(&self, a: f64, b: f64) -> f64 {
        match self.page.objectives[0].goal {
            Goal::High => a.max(b),
            Goal::Low => a.min(b),
        }
    }

    /// The name of the first objective: `Sharpe`.
    pub(crate) fn label(&self) -> &str {
        &self.page.objectives[0].label
    }

    /// How the first objective is written.
    pub(crate) fn unit(&self) -> Unit {
        self.page.objectives[0].unit
    }

    /// The code of a row's value of a parameter.
    pub(crate) fn code(&self, parameter: usize, row: usize) -> usize {
        self.levels[parameter].code(self.page.trials.params[parameter][row])
    }

    /// A parameter's value, written.
    pub(crate) fn value_text(&self, parameter: usize, value: f64) -> String {
        self.page.parameters[parameter].text(value)
    }

    /// The trial's number as people see it.
    pub(crate) fn number(&self, row: usize) -> String {
        number::count(self.page.trials.number[row] as usize)
    }

    /// `fast = 10, slow = 85`: the parameters that varied, in the trial of a row.
    pub(crate) fn choice(&self, row: usize) -> String {
        let shown = self.varied.iter().map(|p| {
            let value = self.value_text(*p, self.page.trials.params[*p][row]);
            format!("{} = {value}", self.page.parameters[*p].name)
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// How many trials have that status.
    pub(crate) fn count(&self, status: TrialStatus) -> usize {
        self.page.trials.status.iter().filter(|s| **s == status).count()
    }
}
