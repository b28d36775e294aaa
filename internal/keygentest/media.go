package keygentest

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	typeJSONAPI = "application/vnd.api+json"
	typeKeygen  = "application/vnd.keygen+json"
	typeJSON    = "application/json"
)

// extensions are path endings that ask for a type; other dots are part of an id, as in users/ada@example.com.
var extensions = map[string]string{
	".json": typeJSON, ".jsonapi": typeJSONAPI, ".html": "text/html", ".txt": "text/plain", ".xml": "application/xml",
	".csv": "text/csv", ".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".pdf": "application/pdf",
}

// jsonBodies are request types read as JSON. Types that forms and fetch send on their own are among them.
var jsonBodies = []string{
	"", typeJSONAPI, typeKeygen, typeJSON, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions, http.MethodTrace, http.MethodConnect,
}

func (x *exchange) judgeMethod() error {
	if !slices.Contains(methods, x.req.Method) {
		return malformed("HTTP_METHOD_INVALID", "The request method is not valid")
	}
	return nil
}

// judgeAccept settles the type of the answer before routing: a type the API does not speak is MIME_TYPE_INVALID
// even where there is no endpoint.
func (x *exchange) judgeAccept() error {
	accept := strings.Join(x.req.Header.Values("Accept"), ",")
	if ext := path.Ext(x.req.URL.Path); extensions[ext] != "" {
		accept, x.pathExt = extensions[ext], ext
	}
	chosen, ok := negotiate(accept)
	if !ok {
		return malformed("MIME_TYPE_INVALID", "The requested media type is not acceptable")
	}
	x.mediaType = chosen
	return nil
}

// negotiate picks the first JSON type named; weights play no part.
func negotiate(accept string) (string, bool) {
	any := strings.TrimSpace(accept) == ""
	for _, part := range strings.Split(accept, ",") {
		name, _, _ := strings.Cut(part, ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case typeJSONAPI, typeKeygen:
			return typeJSONAPI, true
		case typeJSON:
			return typeJSON, true
		case "*/*", "*", "application/octet-stream":
			any = true
		}
	}
	return typeJSONAPI, any
}

// judgePath refuses what is no text, with the code of a document that is none.
func (x *exchange) judgePath() error {
	if !utf8.ValidString(x.req.URL.Path) {
		return malformed("JSON_INVALID", "The request is not valid")
	}
	return nil
}

func (x *exchange) parseQuery() error {
	if s, err := url.QueryUnescape(x.req.URL.RawQuery); err != nil || !utf8.ValidString(s) {
		return malformed("PARAMETERS_INVALID", "The request query is not valid")
	}
	x.query = x.req.URL.Query()
	return nil
}

// parseBody reads the document of a request. Bodies of types it does not know count as absent.
func (x *exchange) parseBody() error {
	switch x.req.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil
	}
	name := x.req.Header.Get("Content-Type")
	if name != "" {
		parsed, _, err := mime.ParseMediaType(name)
		if err != nil || !strings.Contains(parsed, "/") {
			return malformed("MIME_TYPE_INVALID", "The media type of the request is not valid")
		}
		name = parsed
	}
	if !slices.Contains(jsonBodies, name) {
		return nil
	}
	document, err := parseDocument(x.raw)
	x.document = document
	x.body, _ = document.(*object)
	return err
}

// unescape decodes one path segment. A broken escape stands for itself and will match nothing.
func unescape(segment string) string {
	s, err := url.PathUnescape(segment)
	if err != nil {
		return segment
	}
	return s
}
