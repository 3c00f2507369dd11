//! Customers see what they did, and time does not run backwards for them.

use rand::RngExt;
use serde_json::Value;

use super::{
    customer::{Customer, Own},
    persist::is_passing,
};
use crate::campaign::record::Seen;

impl Customer {
    pub(super) async fn read_something(&mut self) {
        let number = self.own.len();
        if number > 0 && self.me.chance(2) {
            let own = self.own[self.me.rng.random_range(0..number)].clone();
            return self.read(&own).await;
        }
        let show = self.board.any(&mut self.me.rng);
        self.position = self.position.max(show.position);
        if let Some(inventory) = self.get(&format!("/v1/inventory/{}", show.id)).await {
            let of = |member: &str| inventory[member].as_u64().unwrap_or(u64::MAX / 4);
            if of("held") + of("sold") + of("available") != of("capacity") {
                self.me.record.violation(format!("an inventory that does not add up: {inventory}"));
            }
        }
    }

    /// An order at the highest position this customer knows of.
    pub(super) async fn read(&mut self, own: &Own) {
        let Some(order) = self.get(&format!("/v1/orders/{}", own.order)).await else { return };
        let status = order["status"].as_str().unwrap_or_default().to_owned();
        if own.settled.is_some_and(|settled| settled != status) {
            self.me.record.violation(format!("{own:?} was read as {order}"));
        }
        self.me.record.saw(Seen { order: own.order.clone(), status, position: self.position });
    }

    /// What is answered at this customer's position, or nothing while the service asks for patience.
    async fn get(&mut self, path: &str) -> Option<Value> {
        let asked = self.position;
        let separator = if path.contains('?') { '&' } else { '?' };
        let reply = self.me.way().try_get(&format!("{path}{separator}min_position={asked}")).await.ok();
        let told = reply.as_ref().map_or("nothing".to_owned(), |reply| reply.status.to_string());
        self.me.record.notes("read", &told);
        let reply = reply?;
        if is_passing(&reply) {
            return None;
        }
        let position = reply.header("x-position").and_then(|position| position.parse::<i64>().ok());
        match position {
            Some(position) if reply.status == 200 && position >= asked => {
                self.position = position;
                Some(reply.body)
            }
            _ => {
                self.complains((path, asked), &reply);
                None
            }
        }
    }
}
