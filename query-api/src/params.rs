//! Query parameters that many endpoints share.

use edge::{
    Page, Problem, encode_cursor,
    extract::{Paging, Parameters, Params},
};
use event_store::Position;
use projections::PageRequest;
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

/// How current an answer must be.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct At {
    /// The log position the answer must have come to, such as the `position` of a command's answer. The query waits
    /// for it, for 2 s at most.
    #[param(value_type = Option<i64>, minimum = 0)]
    pub(crate) min_position: Option<Position>,
}

/// How current an answer must be, or of when.
#[derive(Debug, Clone)]
pub(crate) struct Then {
    pub(crate) at: At,
    /// Read as a moment only once the caller is known to be an operator.
    pub(crate) as_of: Option<String>,
}

/// Of when an answer must be.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described")]
struct AsOf {
    /// For operators: what it was right after the event at this position of the log, or at this time. `X-Position` then
    /// is the position of the last event until then.
    #[param(example = "2026-11-05T19:30:00Z")]
    as_of: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Pages {
    /// How many entries.
    #[param(required = false, minimum = 1, maximum = 100, default = 20)]
    limit: u32,
    /// The `next_cursor` of the page before; the newest entries without.
    #[param(value_type = Option<String>)]
    cursor: Option<Position>,
}

/// A page of a list of which `F` chooses the entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<F> {
    pub(crate) filter: F,
    pub(crate) pages: Pages,
    pub(crate) at: At,
}

/// Every entry.
#[derive(Debug, Clone, Copy, IntoParams)]
pub(crate) struct All {}

impl Parameters for At {
    fn read(params: &mut Params) -> Self {
        Self { min_position: params.min_position() }
    }
}

impl Parameters for Then {
    fn read(params: &mut Params) -> Self {
        Self { as_of: params.text("as_of"), at: At::read(params) }
    }
}

impl IntoParams for Then {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        [AsOf::into_params(&place), At::into_params(&place)].concat()
    }
}

impl Parameters for Pages {
    fn read(params: &mut Params) -> Self {
        let Paging { limit, cursor } = params.paging();
        Self { limit: u32::try_from(limit).unwrap_or(projections::MAX_ITEMS), cursor }
    }
}

impl Parameters for All {
    fn read(_params: &mut Params) -> Self {
        Self {}
    }
}

impl<F: Parameters> Parameters for List<F> {
    fn read(params: &mut Params) -> Self {
        Self { filter: F::read(params), pages: Pages::read(params), at: At::read(params) }
    }
}

impl<F: IntoParams> IntoParams for List<F> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        [F::into_params(&place), Pages::into_params(&place), At::into_params(&place)].concat()
    }
}

impl Pages {
    /// What is asked of a read model.
    pub(crate) fn request(self) -> PageRequest {
        PageRequest { before: self.cursor, limit: self.limit }
    }

    /// A page of entries that are all at hand, newest first.
    pub(crate) fn cut<T>(self, entries: Vec<T>, place: impl Fn(&T) -> Position) -> Result<Page<T>, Problem> {
        let wanted = |entry: &T| self.cursor.is_none_or(|cursor| place(entry) < cursor);
        let rest = entries.into_iter().filter(wanted).collect();
        Page::cut(rest, self.limit as usize, &place)
    }
}

/// A read model's page as it is sent.
pub(crate) fn page<T>(page: projections::Page<T>) -> Result<Page<T>, Problem> {
    let next_cursor = page.next.map(|next| encode_cursor(&next)).transpose()?;
    Ok(Page { data: page.items, next_cursor })
}
