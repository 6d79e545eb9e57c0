//! NSGA-II: the front of several objectives (K. Deb et al., "A fast and elitist multiobjective genetic
//! algorithm: NSGA-II", 2002).

use std::cmp::Ordering;

use crate::rounds::{Learner, Round};
use crate::variation::{children, founders};
use crate::{Point, Score, Space};

/// A member of the population, with its standing.
struct Member {
    point: Point,
    score: Score,
    /// 0 for those that none dominates, 1 for those that only these dominate, and so on.
    front: usize,
    /// How alone it stands on its front; infinite at the ends.
    crowding: f64,
}

/// Whole fronts live on, the first first; of the last that has no room, those that stand most alone.
pub(crate) struct Nsga2 {
    size: usize,
    start: Point,
    population: Vec<Member>,
}

impl Nsga2 {
    pub(crate) fn new(size: usize, start: Point) -> Nsga2 {
        Nsga2 { size, start, population: Vec::new() }
    }
}

impl Learner for Nsga2 {
    fn propose(&mut self, round: &mut Round<'_>) -> Vec<Point> {
        let population = &self.population;
        if population.is_empty() {
            return founders(round, &self.start, self.size);
        }
        let members = population.len() as u64;
        children(round, self.size, |rng| {
            let a = &population[rng.below(members) as usize];
            let b = &population[rng.below(members) as usize];
            if standing(a, b).is_le() { &a.point } else { &b.point }
        })
    }

    fn learn(&mut self, _: &Space, scored: Vec<(Point, Score)>) {
        let newcomer = |(point, score)| Member { point, score, front: 0, crowding: 0.0 };
        self.population.extend(scored.into_iter().map(newcomer));
        rank(&mut self.population);
        self.population.sort_by(standing);
        self.population.truncate(self.size);
    }
}

/// The better first: the earlier front, then the one that stands more alone.
fn standing(a: &Member, b: &Member) -> Ordering {
    a.front.cmp(&b.front).then(b.crowding.total_cmp(&a.crowding))
}

/// Sets front and crowding of every member.
fn rank(members: &mut [Member]) {
    for (number, front) in fronts(members).into_iter().enumerate() {
        for at in &front {
            members[*at].front = number;
        }
        let crowding = crowding(members, &front);
        for (at, distance) in front.into_iter().zip(crowding) {
            members[at].crowding = distance;
        }
    }
}

/// The indices of the members of each front: the paper's fast non-dominated sort.
fn fronts(members: &[Member]) -> Vec<Vec<usize>> {
    let dominates = |a: usize, b: usize| members[a].score.dominates(&members[b].score);
    let mut dominators = vec![0_usize; members.len()];
    let mut dominated: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
    for a in 0..members.len() {
        for b in 0..a {
            let pair = if dominates(a, b) {
                (a, b)
            } else if dominates(b, a) {
                (b, a)
            } else {
                continue;
            };
            dominated[pair.0].push(pair.1);
            dominators[pair.1] += 1;
        }
    }
    let mut fronts = Vec::new();
    let mut front: Vec<usize> = (0..members.len()).filter(|at| dominators[*at] == 0).collect();
    while !front.is_empty() {
        let mut next = Vec::new();
        for at in &front {
            for below in &dominated[*at] {
                dominators[*below] -= 1;
                if dominators[*below] == 0 {
                    next.push(*below);
                }
            }
        }
        next.sort_unstable();
        fronts.push(std::mem::replace(&mut front, next));
    }
    fronts
}

/// For each member of a front the sum over objectives of the distance between its neighbours, as a share of
/// the front's extent.
fn crowding(members: &[Member], front: &[usize]) -> Vec<f64> {
    let mut distance = vec![0.0; front.len()];
    let figures = |at: usize| match &members[front[at]].score {
        Score::Feasible(values) => values.as_slice(),
        Score::Infeasible(_) | Score::Failed => &[],
    };
    for objective in 0..figures(0).len() {
        let value = |at: usize| figures(at)[objective];
        let mut order: Vec<usize> = (0..front.len()).collect();
        order.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
        let (first, last) = (order[0], order[order.len() - 1]);
        distance[first] = f64::INFINITY;
        distance[last] = f64::INFINITY;
        let extent = value(last) - value(first);
        if extent > 0.0 {
            for neighbours in order.windows(3) {
                distance[neighbours[1]] += (value(neighbours[2]) - value(neighbours[0])) / extent;
            }
        }
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(scores: &[Score]) -> Vec<Member> {
        let member = |score: &Score| Member { point: vec![], score: score.clone(), front: 0, crowding: 0.0 };
        scores.iter().map(member).collect()
    }

    #[test]
    fn fronts_and_crowding_are_those_counted_by_hand() {
        let pairs = [(0.0, 4.0), (1.0, 3.0), (4.0, 0.0), (0.0, 3.0), (1.0, 1.0), (0.0, 0.5)];
        let mut scores: Vec<Score> = pairs.iter().map(|(a, b)| Score::Feasible(vec![*a, *b])).collect();
        scores.push(Score::Infeasible(2.0));
        scores.push(Score::Infeasible(1.0));
        scores.push(Score::Failed);
        let mut members = members(&scores);
        rank(&mut members);
        let fronts: Vec<usize> = members.iter().map(|m| m.front).collect();
        assert_eq!(fronts, [0, 0, 0, 1, 1, 2, 4, 3, 5]);
        // (1, 3) lies between (0, 4) and (4, 0): 4/4 of the extent in both objectives.
        assert!((members[1].crowding - 2.0).abs() < 1e-12);
        assert!(members[0].crowding.is_infinite() && members[2].crowding.is_infinite());
    }
}
