package keygentest_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// withTokens opens a server where Ada has n tokens and returns their ids, newest first, and the means to ask.
func withTokens(t *testing.T, n int) (*scene, []string, func(query string) call) {
	t.Helper()
	s := open(t, keygentest.Options{})
	var ids []string
	var auth string
	for range n {
		id, a := s.signIn(s.demo.Plain)
		ids, auth = append(ids, id), a
	}
	slices.Reverse(ids)
	return s, ids, func(query string) call { return get("tokens"+query, auth) }
}

const self = "/v1/accounts/demo/tokens?"

func TestListWithoutPages(t *testing.T) {
	s, ids, tokens := withTokens(t, 12)
	oldest := slices.Clone(ids)
	slices.Reverse(oldest)
	for query, expected := range map[string][]string{
		"":                   ids[:10],
		"?limit=3":           ids[:3],
		"?limit=100":         ids,
		"?order=desc":        ids[:10],
		"?order=asc&limit=2": oldest[:2],
	} {
		a := s.expect(tokens(query), want{status: 200})
		assert.Equal(t, expected, a.ids(), query)
		assert.NotContains(t, a.doc, "links", query)
	}
}

func TestCursors(t *testing.T) {
	s, ids, tokens := withTokens(t, 19)
	var seen []string
	query := "page[cursor]=&page[size]=5"
	for pages := 1; query != ""; pages++ {
		require.LessOrEqual(t, pages, 4)
		a := s.expect(tokens("?"+query), want{status: 200})
		seen = append(seen, a.ids()...)
		assert.Contains(t, a.at("links"), "next")
		assert.Len(t, a.at("links"), 2)
		assert.NotContains(t, a.doc, "meta")
		next, err := url.Parse(a.text("links", "next"))
		require.NoError(t, err)
		if pages == 1 {
			assert.Equal(t, self+"page%5Bcursor%5D=&page%5Bsize%5D=5", a.text("links", "self"))
			assert.Equal(t, self+"page%5Bcursor%5D="+ids[4]+"&page%5Bsize%5D=5", a.text("links", "next"))
		}
		query = next.RawQuery
	}
	assert.Equal(t, ids, seen)

	a := s.expect(tokens("?page[cursor]=6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90"), want{status: 200})
	assert.Empty(t, a.ids(), "nothing comes after an unknown one")
	assert.Nil(t, a.at("links", "next"))

	a = s.expect(tokens("?page[cursor]=&limit=3"), want{status: 200})
	assert.Len(t, a.ids(), 3, "limit is the size unless there is one")
}

func TestPageNumbers(t *testing.T) {
	s, ids, tokens := withTokens(t, 15)
	link := func(n int) any { return fmt.Sprintf("%spage%%5Bnumber%%5D=%d&page%%5Bsize%%5D=10", self, n) }
	for _, c := range []struct {
		number int
		ids    []string
		links  map[string]any
	}{
		{1, ids[:10], map[string]any{"self": link(1), "prev": nil, "next": link(2), "first": link(1), "last": link(2)}},
		{2, ids[10:], map[string]any{"self": link(2), "prev": link(1), "next": nil, "first": link(1), "last": link(2)}},
		{3, []string{}, map[string]any{"self": link(3), "prev": link(2), "next": nil, "first": link(1), "last": link(2)}},
	} {
		a := s.expect(tokens(fmt.Sprintf("?page[number]=%d", c.number)), want{status: 200})
		assert.Equal(t, c.ids, a.ids())
		c.links["meta"] = map[string]any{"pages": 2.0, "count": 15.0}
		assert.Equal(t, any(c.links), a.at("links"))
		assert.NotContains(t, a.doc, "meta")
	}

	a := s.expect(tokens("?page[number]=1&bearer[role]=admin"), want{status: 200})
	assert.Equal(t, map[string]any{"pages": 0.0, "count": 0.0}, a.at("links", "meta"))
	assert.Contains(t, a.text("links", "last"), "page%5Bnumber%5D=0", "which would be refused")
}

func TestPageLinks(t *testing.T) {
	s, ids, _ := withTokens(t, 3)
	_, raw := s.AddToken(s.demo.Plain.ID, noon.AddDate(0, 0, 1))
	path := "/v1/accounts/" + s.demo.Account.ID + "/tokens"
	a := s.expect(get(path+"?token="+raw+"&page[size]=2&page[cursor]=&order=asc&auth=x", ""), want{status: 200})
	assert.Equal(t, path+"?order=asc&page%5Bcursor%5D=&page%5Bsize%5D=2", a.text("links", "self"), "path as asked, no credentials")
	assert.Equal(t, path+"?order=asc&page%5Bcursor%5D="+ids[1]+"&page%5Bsize%5D=2", a.text("links", "next"))
}

func TestPagingErrors(t *testing.T) {
	s, _, tokens := withTokens(t, 1)
	for query, parameter := range map[string]string{
		"page[size]=5":                 "page",
		"page[size]=250&page[cursor]=": "page[size]",
		"page[size]=0&page[number]=1":  "page[size]",
		"page[size]=x&page[number]=1":  "page[size]",
		"page[number]=0":               "page[number]",
		"page[number]=101":             "page[number]",
		"page[number]=-1&page[size]=5": "page[number]",
		"page[cursor]=foo":             "page[cursor]",
		"limit=0":                      "limit",
		"limit=101":                    "limit",
		"limit=ten":                    "limit",
		"order=random":                 "order",
	} {
		s.expect(tokens("?"+query), want{status: 400, title: "Bad request", parameter: parameter})
	}
}
