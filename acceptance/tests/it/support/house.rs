//! A box office at work: everything in one process, and its staff.

use serde_json::{Value, json};

use super::{Caller, Process, Reply, Role, World};

pub(crate) struct House {
    // Ends before the world it lives in.
    pub(crate) process: Process,
    pub(crate) organizer: Caller,
    pub(crate) operator: Caller,
    pub(crate) customer: Caller,
    pub(crate) world: World,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::in_world(World::new().await).await
    }

    pub(crate) async fn in_world(world: World) -> Self {
        Self::in_world_with(world, &[]).await
    }

    /// With some settings changed.
    pub(crate) async fn in_world_with(world: World, changed: &[(&'static str, String)]) -> Self {
        let process = world.serve_with(Role::All, world.ports, changed).await;
        let (organizer, operator, customer) =
            tokio::join!(world.staff(&["organizer"]), world.staff(&["operator"]), world.customer());
        Self { process, organizer, operator, customer, world }
    }

    /// Starts what was killed again.
    pub(crate) async fn restart(&mut self) {
        self.process = self.world.serve(Role::All).await;
    }

    /// A show on sale.
    pub(crate) async fn show(&self, sections: Value) -> String {
        show(&self.organizer, sections).await
    }

    /// A show on sale whose holds are short.
    pub(crate) async fn hasty_show(&self, sections: Value) -> String {
        hasty_show(&self.organizer, sections).await
    }

    /// What a show's inventory says at a position: held, sold, available.
    pub(crate) async fn counts(&self, show: &str, position: i64) -> (u64, u64, u64) {
        let inventory = self.customer.get_at(&format!("/v1/inventory/{show}"), position).await.body;
        let count = |member: &str| inventory[member].as_u64().unwrap();
        (count("held"), count("sold"), count("available"))
    }

    /// An order, and its payment's id.
    pub(crate) async fn order(&self, body: Value) -> Reply {
        self.customer.post("/v1/orders", body).await.ok(201)
    }
}

/// A show on sale whose holds outlast any test.
pub(crate) async fn show(organizer: &Caller, sections: Value) -> String {
    show_with_hold(organizer, sections, 900).await
}

/// A show on sale whose holds last as short as they may.
pub(crate) async fn hasty_show(organizer: &Caller, sections: Value) -> String {
    show_with_hold(organizer, sections, 5).await
}

async fn show_with_hold(organizer: &Caller, sections: Value, hold_seconds: u32) -> String {
    let body = json!({
        "title": "Twelfth Night", "venue": "The Globe", "starts_at": "2099-05-01T19:30:00Z", "currency": "EUR",
        "tax_basis_points": 700, "hold_seconds": hold_seconds, "sections": sections,
    });
    let show = organizer.post("/v1/shows", body).await.ok(201).text("show_id");
    organizer.post(&format!("/v1/shows/{show}/publish"), json!({})).await.ok(200);
    show
}

/// A section that sells by quantity, and nothing else.
pub(crate) fn standing(capacity: u32) -> Value {
    json!([{ "code": "FIELD", "name": "Standing", "price": 1_000, "capacity": capacity }])
}

/// An order of so many.
pub(crate) fn quantity(show: &str, quantity: impl Into<Value>) -> Value {
    json!({
        "show_id": show, "payment_method": "manual",
        "items": [{ "section": "FIELD", "quantity": quantity.into() }],
    })
}
