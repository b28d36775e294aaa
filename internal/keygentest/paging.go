package keygentest

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
)

const (
	pageSize = 10  // unless asked otherwise
	pageMax  = 100 // of sizes and of page numbers
)

// A listing is a page of a collection. Without paging parameters it has no links at all.
type listing struct {
	Data  []any `json:"data"`
	Links any   `json:"links,omitempty"`
}

type cursorLinks struct {
	Self string  `json:"self"`
	Next *string `json:"next"`
}

type numberLinks struct {
	Self  string      `json:"self"`
	Prev  *string     `json:"prev"`
	Next  *string     `json:"next"`
	First *string     `json:"first"`
	Last  *string     `json:"last"`
	Meta  numbersMeta `json:"meta"`
}

type numbersMeta struct {
	Pages int `json:"pages"`
	Count int `json:"count"`
}

// A record is anything a collection can hold.
type record interface {
	recordID() string
	resource(x *exchange) any
}

// list answers with the page of all, given newest first, that the query asks for.
func list[R record](x *exchange, all []R) (*reply, error) {
	switch x.query.Get("order") {
	case "", "desc":
	case "asc":
		all = slices.Clone(all)
		slices.Reverse(all)
	default:
		return nil, invalidParameter("order", "must be asc or desc")
	}
	page, links, err := paginate(x, all)
	if err != nil {
		return nil, err
	}
	out := listing{Data: []any{}, Links: links}
	for _, r := range page {
		out.Data = append(out.Data, r.resource(x))
	}
	return document(200, out), nil
}

func paginate[R record](x *exchange, all []R) (page []R, links any, err error) {
	limit, err := x.queryNumber("limit", pageSize)
	if err != nil {
		return nil, nil, err
	}
	size, err := x.queryNumber("page[size]", limit)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case x.query.Has("page[number]"):
		return pageByNumber(x, all, size)
	case x.query.Has("page[cursor]"):
		return pageByCursor(x, all, size)
	case x.query.Has("page[size]"), x.query.Has("page"):
		return nil, nil, invalidParameter("page", "must have a cursor or number")
	}
	return all[:min(limit, len(all))], nil, nil
}

// pageByCursor starts after the record with the cursor's id: an unknown one has nothing after it.
func pageByCursor[R record](x *exchange, all []R, size int) ([]R, any, error) {
	cursor := x.query.Get("page[cursor]")
	if cursor != "" && !uuidSyntax.MatchString(cursor) {
		return nil, nil, invalidParameter("page[cursor]", "must be a UUID")
	}
	start := 0
	if cursor != "" {
		start = len(all)
		if i := slices.IndexFunc(all, func(r R) bool { return r.recordID() == cursor }); i >= 0 {
			start = i + 1
		}
	}
	end := min(start+size, len(all))
	links := cursorLinks{Self: x.pageLink("cursor", cursor, size)}
	if end < len(all) {
		next := x.pageLink("cursor", all[end-1].recordID(), size)
		links.Next = &next
	}
	return all[start:end], links, nil
}

func pageByNumber[R record](x *exchange, all []R, size int) ([]R, any, error) {
	number, err := x.queryNumber("page[number]", 1)
	if err != nil {
		return nil, nil, err
	}
	pages := (len(all) + size - 1) / size
	to := func(n int, exists bool) *string {
		if !exists {
			return nil
		}
		link := x.pageLink("number", strconv.Itoa(n), size)
		return &link
	}
	start := min((number-1)*size, len(all))
	end := min(start+size, len(all))
	return all[start:end], numberLinks{
		Self:  x.pageLink("number", strconv.Itoa(number), size),
		Prev:  to(number-1, number > 1),
		Next:  to(number+1, number < pages),
		First: to(1, true),
		Last:  to(pages, true), // page 0 of an empty collection, which the service itself refuses
		Meta:  numbersMeta{Pages: pages, Count: len(all)},
	}, nil
}

// queryNumber reads a number between 1 and pageMax, or returns otherwise when the parameter is absent.
func (x *exchange) queryNumber(name string, otherwise int) (int, error) {
	if !x.query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(x.query.Get(name))
	if err != nil || n < 1 || n > pageMax {
		return 0, invalidParameter(name, "must be a number between 1 and "+strconv.Itoa(pageMax))
	}
	return n, nil
}

// pageLink repeats the path as requested with the query in order, credentials left out.
func (x *exchange) pageLink(by, at string, size int) string {
	query := url.Values(maps.Clone(x.query))
	query.Del("token")
	query.Del("auth")
	query.Set("page["+by+"]", at)
	query.Set("page[size]", strconv.Itoa(size))
	return x.req.URL.EscapedPath() + "?" + query.Encode()
}
