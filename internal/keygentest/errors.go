package keygentest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// docs is where links.about of errors point to.
const docs = "https://keygen.sh/docs/api/"

const accessDenied = "You do not have permission to complete the request"

// A problem is a refusal: an error that renders as an error document.
type problem struct {
	status   int
	outside  bool // answered in front of the application: no meta, no Keygen headers, unsigned
	unsigned bool
	header   http.Header

	unroutable bool // there is no such endpoint
	errors     []apiError
}

type apiError struct {
	Title  string            `json:"title"`
	Detail string            `json:"detail,omitempty"`
	Code   string            `json:"code,omitempty"`
	Source *source           `json:"source,omitempty"`
	Links  map[string]string `json:"links,omitempty"`
}

// A source has exactly one member set.
type source struct {
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Header    string `json:"header,omitempty"`
}

func (p *problem) Error() string {
	return fmt.Sprintf("%d %v", p.status, p.errors)
}

// refuse renders err, rewritten for clients of older versions.
func (x *exchange) refuse(err error) *reply {
	var p *problem
	if !errors.As(err, &p) {
		panic(err)
	}
	type meta struct {
		ID string `json:"id"`
	}
	doc := struct {
		Meta   *meta      `json:"meta,omitempty"`
		Errors []apiError `json:"errors"`
	}{Errors: x.version.rewrite(x.route, p)}
	if !p.outside {
		doc.Meta = &meta{ID: x.id}
	}
	if p.outside || p.unsigned {
		x.signed = false
	}
	rep := document(p.status, doc)
	rep.outside = p.outside
	if x.req.Header.Get("Accept") == "" && x.pathExt == "" {
		rep.header.Set("Content-Type", typeJSON+"; charset=utf-8")
		if p.unroutable {
			rep.header.Set("Content-Type", "text/html; charset=utf-8")
			rep.body = []byte("Not Found")
		}
	}
	for name, values := range p.header {
		rep.header[name] = values
	}
	return rep
}

func badRequest(code, detail string, src *source) *problem {
	return &problem{status: http.StatusBadRequest, errors: []apiError{
		{Title: "Bad request", Detail: detail, Code: code, Source: src},
	}}
}

// malformed is a 400 of the layers in front of the application.
func malformed(code, detail string) *problem {
	p := badRequest(code, detail, nil)
	p.outside = true
	return p
}

func unauthorized(code, detail string, src *source) *problem {
	return &problem{status: http.StatusUnauthorized, errors: []apiError{
		{Title: "Unauthorized", Detail: detail, Code: code, Source: src},
	}}
}

// deny refuses what a bearer may see, but not do, for a reason that is not told.
func (x *exchange) deny() *problem {
	if x.user == nil {
		return forbidden("ensure a token or license is present and valid")
	}
	return forbidden("ensure the token or license is allowed to access all resources")
}

// forbidden is a 403 for lack of permission, which has no code.
func forbidden(reason string) *problem {
	return &problem{status: http.StatusForbidden, errors: []apiError{
		{Title: "Access denied", Detail: accessDenied + " (" + reason + ")"},
	}}
}

// notFound is the 404 of a record that does not exist or that the bearer may not see: the two look the same.
func notFound(resource, id string) *problem {
	return missing(fmt.Sprintf("The requested %s '%s' was not found", resource, id))
}

func missing(detail string) *problem {
	return &problem{status: http.StatusNotFound, errors: []apiError{
		{Title: "Not found", Detail: detail, Code: "NOT_FOUND"},
	}}
}

func unprocessable(code, detail, pointer string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, errors: []apiError{
		{Title: "Unprocessable resource", Detail: detail, Code: code, Source: &source{Pointer: pointer}},
	}}
}

// impossible is the 422 of an action that the state of a record does not allow.
func impossible(code, detail string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, errors: []apiError{
		{Title: "Unprocessable entity", Detail: detail, Code: code},
	}}
}

// findings are what is wrong with the values of a document: unlike errors of its form, all are told at once.
type findings struct {
	errors []apiError
}

// add takes one error for each code and place.
func (f *findings) add(code, detail, pointer string) {
	same := func(e apiError) bool { return e.Code == code && e.Source.Pointer == pointer }
	if !slices.ContainsFunc(f.errors, same) {
		f.errors = append(f.errors, unprocessable(code, detail, pointer).errors...)
	}
}

// tooLong adds an error for text above max characters.
func (f *findings) tooLong(code, text string, max int, pointer string) {
	if utf8.RuneCountInString(text) > max {
		f.add(code, fmt.Sprintf("is too long (maximum is %d characters)", max), pointer)
	}
}

// refusal returns nil if nothing was found.
func (f *findings) refusal() error {
	if len(f.errors) == 0 {
		return nil
	}
	return &problem{status: http.StatusUnprocessableEntity, errors: f.errors}
}

func invalidParameter(name, detail string) *problem {
	return badRequest("", detail, &source{Parameter: name})
}

// about links the error to a page of the documentation.
func (p *problem) about(page string) *problem {
	return p.link("about", docs+page)
}

func (p *problem) link(name, url string) *problem {
	p.errors[0].Links = map[string]string{name: url}
	return p
}

// validText refuses what the database behind the service cannot store.
func validText(s string) error {
	if strings.ContainsRune(s, 0) {
		return badRequest("ENCODING_INVALID", "The request contains an invalid byte sequence", nil)
	}
	return nil
}
