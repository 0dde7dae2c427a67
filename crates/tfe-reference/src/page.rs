//! Pages of a collection, for clients that ask for them. Without `page[...]` a list is whole: the documents of this
//! edition describe no pages.

use http::StatusCode;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::call::Call;
use crate::jsonapi::Refusal;
use crate::query::Query;

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const NUMBER: &str = "page[number]";
const SIZE: &str = "page[size]";
const DEFAULT_SIZE: usize = 20;

/// A page that a client asks for; both counts are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    number: usize,
    size: usize,
}

/// The page that the query asks for, if it asks for one.
pub(crate) fn requested(query: &Query) -> Result<Option<Page>, Refusal> {
    if query.family("page").next().is_none() {
        return Ok(None);
    }
    for (name, _) in query.family("page") {
        if ![NUMBER, SIZE].contains(&name) {
            return Err(invalid(name, "Pages are asked for by page[number] and page[size]."));
        }
    }
    let number = count(query, NUMBER)?.unwrap_or(1);
    let size = count(query, SIZE)?.unwrap_or(DEFAULT_SIZE);
    Ok(Some(Page { number, size }))
}

fn count(query: &Query, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = query.value(name) else { return Ok(None) };
    match text.parse() {
        Ok(count) if count > 0 => Ok(Some(count)),
        _ => Err(invalid(name, "The value must be a whole number from 1.")),
    }
}

fn invalid(name: &str, detail: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalid query parameter", detail).at_parameter(name)
}

impl Page {
    /// The items of this page; none beyond the last one.
    pub(crate) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        items.into_iter().skip((self.number - 1).saturating_mul(self.size)).take(self.size).collect()
    }

    /// The members that a document with this page has beside `data`.
    pub(crate) fn members(self, call: &Call, total: usize) -> [(&'static str, Value); 2] {
        let last = total.div_ceil(self.size).max(1);
        let previous = (self.number > 1).then(|| last.min(self.number - 1));
        let next = (self.number < last).then(|| self.number + 1);
        let link = |number: usize| Value::from(self.link(call, number));
        let links = json!({
            "self": link(self.number),
            "first": link(1),
            "last": link(last),
            "prev": previous.map(link),
            "next": next.map(link),
        });
        let pagination = json!({
            "current-page": self.number,
            "page-size": self.size,
            "prev-page": previous,
            "next-page": next,
            "total-pages": last,
            "total-count": total,
        });
        [("links", links), ("meta", json!({ "pagination": pagination }))]
    }

    /// The same request for another page.
    fn link(self, call: &Call, number: usize) -> String {
        let (number, size) = (number.to_string(), self.size.to_string());
        let kept = call.query.pairs().filter(|(name, _)| ![NUMBER, SIZE].contains(name));
        let parameters: Vec<_> = kept
            .chain([(NUMBER, number.as_str()), (SIZE, size.as_str())])
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        format!("{}?{}", call.path, parameters.join("&"))
    }
}

fn encode(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, RESERVED)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::*;
    use crate::auth::User;
    use crate::call::Operation;
    use crate::faults::Faults;

    fn call(query: &str) -> Call {
        let query = Query::parse(&Faults::default(), query).unwrap();
        Call {
            operation: Operation::ListVariables,
            user: User::Owner,
            path: "/api/v2/vars".to_owned(),
            parameters: Vec::new(),
            query,
            body: Bytes::new(),
        }
    }

    #[test]
    fn nobody_gets_pages_unasked() {
        assert_eq!(requested(&call("filter[x]=1").query).unwrap(), None);
        assert_eq!(requested(&call("page[size]=3").query).unwrap(), Some(Page { number: 1, size: 3 }));
        assert_eq!(requested(&call("page[number]=2").query).unwrap(), Some(Page { number: 2, size: 20 }));
    }

    #[test]
    fn counts_start_at_one() {
        for query in ["page[size]=0", "page[size]=-1", "page[number]=x", "page[number]=", "page[offset]=1"] {
            assert_eq!(requested(&call(query).query).unwrap_err().status(), StatusCode::BAD_REQUEST, "{query}");
        }
    }

    #[test]
    fn pages_cover_everything_once() {
        let page = |number| Page { number, size: 2 }.cut(vec![1, 2, 3, 4, 5]);
        assert_eq!([page(1), page(2), page(3), page(4)], [vec![1, 2], vec![3, 4], vec![5], vec![]]);
        assert_eq!(Page { number: usize::MAX, size: usize::MAX }.cut(vec![1]), Vec::<i32>::new());
    }

    #[test]
    fn links_keep_the_rest_of_the_query_encoded() {
        let call = call("filter[workspace][name]=a%26b&page[size]=2&page[number]=2");
        let [(_, links), (_, meta)] = Page { number: 2, size: 2 }.members(&call, 3);
        let expected = "/api/v2/vars?filter%5Bworkspace%5D%5Bname%5D=a%26b&page%5Bnumber%5D=1&page%5Bsize%5D=2";
        assert_eq!(
            (&links["first"], &links["prev"], &links["next"]),
            (&expected.into(), &expected.into(), &Value::Null)
        );
        assert_eq!(meta["pagination"]["total-pages"], 2);
        let [(_, links), _] = Page { number: 1, size: 2 }.members(&call, 0);
        assert_eq!((&links["prev"], &links["next"], &links["last"]), (&Value::Null, &Value::Null, &links["first"]));
    }
}
