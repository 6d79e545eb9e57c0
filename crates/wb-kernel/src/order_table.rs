//! Open orders by number.

use std::collections::VecDeque;

use wb_core::OrderId;

/// A value for each open order. Numbers only rise, and most orders live briefly: looking up, adding and removing the
/// oldest or newest cost the same however many are open, and nothing is allocated once it has been as large before.
#[derive(Clone, PartialEq, Debug)]
pub struct OrderTable<T> {
    /// Ascending by number, each with the place of its value.
    index: VecDeque<(OrderId, u32)>,
    values: Vec<T>,
    /// Places whose value is no longer in use.
    free: Vec<u32>,
}

impl<T> Default for OrderTable<T> {
    fn default() -> OrderTable<T> {
        OrderTable { index: VecDeque::new(), values: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> OrderTable<T> {
    /// The number of orders.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Adds an order.
    ///
    /// # Panics
    /// If its number is not above those of all orders in the table.
    pub fn push(&mut self, id: OrderId, value: T) {
        assert!(
            self.index.back().is_none_or(|(last, _)| *last < id),
            "orders are numbered as they are submitted"
        );
        let place = match self.free.pop() {
            Some(place) => {
                self.values[place as usize] = value;
                place
            }
            None => {
                self.values.push(value);
                self.values.len() as u32 - 1
            }
        };
        self.index.push_back((id, place));
    }

    /// The value of an order.
    #[inline]
    pub fn get(&self, id: OrderId) -> Option<&T> {
        self.position(id).map(|at| &self.values[self.index[at].1 as usize])
    }

    /// The value of an order, to be changed.
    #[inline]
    pub fn get_mut(&mut self, id: OrderId) -> Option<&mut T> {
        self.position(id).map(|at| &mut self.values[self.index[at].1 as usize])
    }

    /// Whether the order is in the table.
    #[inline]
    pub fn contains(&self, id: OrderId) -> bool {
        self.position(id).is_some()
    }

    /// Takes an order out.
    pub fn remove(&mut self, id: OrderId) -> Option<T> {
        let (_, place) = self.index.remove(self.position(id)?).expect("a position that was found");
        self.free.push(place);
        Some(self.values[place as usize])
    }

    /// Every order, by number.
    pub fn iter(&self) -> impl Iterator<Item = (OrderId, &T)> {
        self.index.iter().map(|(id, place)| (*id, &self.values[*place as usize]))
    }

    #[inline]
    fn position(&self, id: OrderId) -> Option<usize> {
        // The newest order is asked for most.
        match self.index.back() {
            Some((last, _)) if *last == id => Some(self.index.len() - 1),
            _ => self.index.binary_search_by_key(&id, |(other, _)| *other).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use wb_core::Rng;

    #[test]
    fn it_holds_what_a_map_holds_whatever_is_done_to_it() {
        for seed in 0..20 {
            let mut rng = Rng::new(seed);
            let (mut table, mut map) = (OrderTable::default(), BTreeMap::new());
            for step in 1..2_000_u64 {
                if rng.below(2) == 0 || map.is_empty() {
                    table.push(OrderId(step), step * 3);
                    map.insert(OrderId(step), step * 3);
                } else {
                    let id = OrderId(rng.below(step));
                    assert_eq!(table.get(id), map.get(&id), "seed {seed}");
                    assert_eq!(table.remove(id), map.remove(&id), "seed {seed}");
                }
                assert_eq!(table.len(), map.len(), "seed {seed}");
            }
            assert!(table.iter().map(|(id, v)| (id, *v)).eq(map.into_iter()), "seed {seed}");
            assert!(table.values.len() <= 1_000, "places are used again");
        }
    }
}
