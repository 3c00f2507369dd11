//! Merkle trees as in RFC 6962 (and 9162): of any number of leaves, in order, none of them doubled.
//!
//! A leaf is hashed behind a zero byte, two nodes behind a one, so that no leaf passes for a node. The leaf of an event
//! is its hash in the log's chain. It stands for everything that is hashed of the event and for all before it, so a tree
//! over these says as much as one over the events themselves, and whoever has followed the chain has the leaves already.

use event_store::Hash;
use sha2::{Digest, Sha256};

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// The hash of a leaf.
#[must_use]
pub fn leaf(content: &[u8]) -> Hash {
    Sha256::new().chain_update(LEAF).chain_update(content).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update(NODE).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that grows leaf by leaf. It holds as many hashes as its height, however many leaves it has.
#[derive(Debug, Default)]
pub struct Tree {
    /// Whole subtrees, each smaller than the one before.
    peaks: Vec<Peak>,
    size: u64,
    wanted: Option<u64>,
    path: Vec<Hash>,
}

#[derive(Debug)]
struct Peak {
    hash: Hash,
    leaves: u64,
    /// Whether the leaf that is to be proven is among them.
    holds: bool,
}

impl Tree {
    /// A tree that notes, while it grows, what proves that the leaf at `index` (from 0) is in it.
    #[must_use]
    pub fn proving(index: u64) -> Self {
        Self { wanted: Some(index), ..Self::default() }
    }

    /// How many leaves it has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, content: &[u8]) {
        let holds = self.wanted == Some(self.size);
        self.size += 1;
        let mut peak = Peak { hash: leaf(content), leaves: 1, holds };
        while let Some(left) = self.peaks.pop_if(|left| left.leaves == peak.leaves) {
            peak = self.join(&left, &peak);
        }
        self.peaks.push(peak);
    }

    /// Its root, and the path of the leaf that was to be proven. `None` without leaves.
    #[must_use]
    pub fn finish(mut self) -> Option<(Hash, Vec<Hash>)> {
        let mut root = self.peaks.pop()?;
        while let Some(left) = self.peaks.pop() {
            root = self.join(&left, &root);
        }
        Some((root.hash, self.path))
    }

    fn join(&mut self, left: &Peak, right: &Peak) -> Peak {
        if left.holds {
            self.path.push(right.hash);
        } else if right.holds {
            self.path.push(left.hash);
        }
        Peak {
            hash: node(&left.hash, &right.hash),
            leaves: left.leaves + right.leaves,
            holds: left.holds || right.holds,
        }
    }
}

/// The root of the tree of `size` leaves that has `content` at `index`, if `path` is the path from there to the top.
/// `None` if it is as long as no path from there can be.
#[must_use]
pub fn root_by_path(content: &[u8], index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf(content));
    for sibling in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(sibling, &hash);
            // The last of an odd number has no sibling for as many levels.
            while at % 2 == 0 && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node(&hash, sibling);
        }
        (at, last) = (at / 2, last / 2);
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;

    /// Those by which implementations of Certificate Transparency are compared.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    fn tree(mut tree: Tree, size: u64) -> Option<(Hash, Vec<Hash>)> {
        (0..size).for_each(|number| tree.push(&number.to_be_bytes()));
        tree.finish()
    }

    #[test]
    fn the_roots_are_those_of_certificate_transparency() {
        for (count, root) in (1..).zip(ROOTS) {
            let mut tree = Tree::default();
            for text in &LEAVES[..count] {
                tree.push(&HEXLOWER.decode(text.as_bytes()).unwrap());
            }
            assert_eq!(HEXLOWER.encode(&tree.finish().unwrap().0), root, "{count} leaves");
        }
        assert_eq!(Tree::default().finish(), None);
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_by_its_path_and_by_no_other() {
        for size in 1..=40 {
            for index in 0..size {
                let (root, path) = tree(Tree::proving(index), size).unwrap();
                let proven = |content: u64, index, size, path: &[Hash]| {
                    root_by_path(&content.to_be_bytes(), index, size, path) == Some(root)
                };
                assert!(proven(index, index, size, &path), "{index} of {size}");
                assert!(!proven(index + 1, index, size, &path), "another leaf, {index} of {size}");
                for other in (0..size).filter(|other| *other != index) {
                    assert!(!proven(index, other, size, &path), "at {other}, {index} of {size}");
                }
                let longer = [path.as_slice(), &[[0; 32]]].concat();
                assert!(!proven(index, index, size, &longer), "longer, {index} of {size}");
                if let Some((_, shorter)) = path.split_last() {
                    assert!(!proven(index, index, size, shorter), "shorter, {index} of {size}");
                }
                for flipped in 0..path.len() {
                    let mut other = path.clone();
                    other[flipped][7] ^= 1;
                    assert!(!proven(index, index, size, &other), "flipped, {index} of {size}");
                }
            }
        }
    }

    #[test]
    fn a_tree_holds_no_more_hashes_than_it_is_high() {
        let mut tree = Tree::proving(70_000);
        (0..100_000_u64).for_each(|number| tree.push(&number.to_be_bytes()));
        assert!(tree.peaks.len() <= 17, "{}", tree.peaks.len());
        assert!(tree.finish().unwrap().1.len() <= 17);
    }
}
