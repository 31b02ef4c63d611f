//! A WebDAV folder: a file is sent under another name, read back there, and renamed when it is whole.

use std::path::Path;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};
use reqwest::{Method, RequestBuilder, Response, header};
use url::Url;

use super::{
    Content, Fault, Stored,
    client::{Client, Kind, drain, file_body, sent, sent_soon, text},
};

/// What a name ends with until the file is whole.
const PART: &str = ".part";
const ASK: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <propfind xmlns=\"DAV:\"><prop><resourcetype/><getcontentlength/></prop></propfind>";

pub struct Folder {
    client: Client,
    url: Url,
    user: String,
    password: String,
}

impl Folder {
    pub fn open(client: Client, url: &str, user: &str, password: &str) -> Result<Self, Fault> {
        // With the slash, names are of the folder rather than beside it.
        let url = Url::parse(&format!("{}/", url.trim_end_matches('/')));
        let url = url.map_err(|_| Fault::new(Kind::NoFolder, "not an address"))?;
        Ok(Self { client, url, user: user.to_owned(), password: password.to_owned() })
    }

    pub async fn put(&self, name: &str, file: &Path, content: &Content) -> Result<(), Fault> {
        let part = format!("{name}{PART}");
        let outcome = async {
            let request = self.asked(self.client.request(Method::PUT, self.of(&part)?, content.bytes));
            sent(file_body(request, file, content.bytes).await?, Kind::NoFolder).await?;
            if drain(self.read(&part).await?, None).await? != *content {
                return Err(Fault::new(Kind::Altered, "read back"));
            }
            let request = self.client.request(verb("MOVE")?, self.of(&part)?, 0);
            let request = request.header("Destination", self.of(name)?.as_str()).header("Overwrite", "F");
            sent(self.asked(request), Kind::NoFolder).await.map(drop)
        }
        .await;
        if outcome.is_err() {
            // It is not under a name that anybody takes for a copy.
            let _ = self.delete(&part).await;
        }
        outcome
    }

    pub async fn read(&self, name: &str) -> Result<Response, Fault> {
        // As it is stored: a body packed for the way would have another size.
        let request = self.client.fetch(self.of(name)?).header(header::ACCEPT_ENCODING, "identity");
        sent_soon(self.asked(request), Kind::Missing).await
    }

    pub async fn list(&self) -> Result<Vec<Stored>, Fault> {
        let request = self.client.request(verb("PROPFIND")?, self.url.clone(), 0).header("Depth", "1");
        let request = request.header(header::CONTENT_TYPE, "application/xml; charset=utf-8").body(ASK);
        let answer = sent(self.asked(request), Kind::NoFolder).await?;
        if answer.status().as_u16() != 207 {
            return Err(Fault::new(Kind::Unexpected, answer.status().as_u16().to_string()));
        }
        files(&text(answer).await?, &self.url)
    }

    pub async fn delete(&self, name: &str) -> Result<(), Fault> {
        sent(self.asked(self.client.request(Method::DELETE, self.of(name)?, 0)), Kind::Missing).await.map(drop)
    }

    pub async fn delete_part(&self, name: &str) -> Result<(), Fault> {
        self.delete(&format!("{name}{PART}")).await
    }

    fn of(&self, name: &str) -> Result<Url, Fault> {
        let mut url = self.url.clone();
        let mut path = url.path_segments_mut().map_err(|()| Fault::new(Kind::NoFolder, "not an address"))?;
        path.pop_if_empty().push(name);
        drop(path);
        Ok(url)
    }

    fn asked(&self, request: RequestBuilder) -> RequestBuilder {
        if self.user.is_empty() && self.password.is_empty() {
            return request;
        }
        request.basic_auth(&self.user, Some(&self.password))
    }
}

fn verb(name: &str) -> Result<Method, Fault> {
    Method::from_bytes(name.as_bytes()).map_err(|_| Fault::new(Kind::Unexpected, "no such method"))
}

/// The files of a folder in the answer to a PROPFIND; the folder itself and those in it are left out.
fn files(xml: &str, folder: &Url) -> Result<Vec<Stored>, Fault> {
    let broken = || Fault::new(Kind::Unexpected, "no list");
    let mut reader = Reader::from_str(xml);
    let (mut found, mut element) = (Vec::new(), String::new());
    let (mut href, mut bytes, mut is_folder) = (String::new(), 0, false);
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(start) => {
                element = local(&start);
                match element.as_str() {
                    "response" => (href, bytes, is_folder) = (String::new(), 0, false),
                    "collection" => is_folder = true,
                    _ => {}
                }
            }
            Event::Empty(start) if local(&start) == "collection" => is_folder = true,
            Event::Text(words) if element == "href" => href.push_str(&words),
            // `&amp;` and its kind, and signs by their number.
            Event::GeneralRef(sign) if element == "href" => match sign.resolve_char_ref().map_err(|_| broken())? {
                Some(letter) => href.push(letter),
                None => href.push_str(resolve_predefined_entity(&sign).ok_or_else(broken)?),
            },
            Event::Text(words) if element == "getcontentlength" => bytes = words.trim().parse().unwrap_or(0),
            Event::End(end) => {
                element.clear();
                if end.local_name().into_inner() == "response" && !is_folder {
                    // An address of its own, or the path alone.
                    let name = folder.join(href.trim()).ok().and_then(|url| name_in(&url, folder));
                    found.extend(name.map(|name| Stored { name, bytes }));
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn local(start: &BytesStart) -> String {
    start.local_name().into_inner().to_owned()
}

/// The name of a file that stands in this very folder.
fn name_in(file: &Url, folder: &Url) -> Option<String> {
    let name = decoded(file.path()).strip_prefix(&decoded(folder.path()))?.to_owned();
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_whatever_the_server_calls_its_namespace() {
        let folder = Url::parse("https://dav.example.com/remote.php/dav/files/m%C3%BCller/").expect("an address");
        let xml = "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\">
            <d:response><d:href>/remote.php/dav/files/m%c3%bcller/</d:href><d:propstat><d:prop><d:resourcetype>
                <d:collection/></d:resourcetype></d:prop></d:propstat></d:response>
            <d:response><d:href>/remote.php/dav/files/m%c3%bcller/R&amp;D%20monday.backup</d:href><d:propstat><d:prop>
                <d:resourcetype/><d:getcontentlength>4096</d:getcontentlength></d:prop></d:propstat></d:response>
            <d:response><d:href>https://dav.example.com/remote.php/dav/files/m%C3%BCller/b.backup</d:href>
                <d:propstat><d:prop><d:getcontentlength>7</d:getcontentlength></d:prop></d:propstat></d:response>
            <d:response><d:href>/elsewhere/c.backup</d:href></d:response></d:multistatus>";
        let found = files(xml, &folder).expect("a list");
        let found: Vec<_> = found.iter().map(|file| (file.name.as_str(), file.bytes)).collect();
        assert_eq!(found, [("R&D monday.backup", 4096), ("b.backup", 7)]);
        assert!(files("<html><body>Welcome</html>", &folder).is_err());
    }
}
