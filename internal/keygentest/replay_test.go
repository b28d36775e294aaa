package keygentest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/keygentest/record"
)

// TestReplay sends the emulator what a real server was sent and compares what both answer: status, type, signature,
// headers, codes and sources of errors, members and the types of their values, the order and number of what a list has.
func TestReplay(t *testing.T) {
	t.Parallel()
	seed, exchanges := record.Exchanges()
	play(t, seed, exchanges, time.Date(2026, 11, 28, 14, 2, 22, 0, time.UTC), differences)
}

// TestReplayDownloads does the same for releases and artifacts.
func TestReplayDownloads(t *testing.T) {
	t.Parallel()
	seed, exchanges := record.Downloads()
	play(t, seed, exchanges, time.Date(2026, 11, 28, 14, 12, 20, 0, time.UTC), differencesOfDownloads)
}

// play replays exchanges. What is known to differ is listed by name, with the reason, and must differ.
func play(t *testing.T, seed []byte, exchanges []record.Exchange, start time.Time, known map[string]string) {
	p := player{clock: &clock{now: start}, seed: string(seed)}
	p.api = keygentest.New(keygentest.Options{Community: true, Single: true, Now: p.clock.Now})
	p.plant(t, seed)
	p.clock.add(time.Minute)
	agree, missing := 0, mapsOf(known)
	for i, exchange := range exchanges {
		p.clock.add(200 * time.Millisecond)
		differs := p.differs(exchange)
		reason := known[exchange.Name]
		delete(missing, exchange.Name)
		switch {
		case differs == "":
			agree++
			assert.Empty(t, reason, "%d %s is listed as different and is not", i, exchange.Name)
		default:
			assert.NotEmpty(t, reason, "%d %s\n%s %s %s\n%s", i, exchange.Name,
				exchange.Request.Method, exchange.Request.Path, exchange.Request.Body, differs)
		}
	}
	assert.Empty(t, missing, "listed, but not in the record")
	t.Logf("%d of %d agree", agree, len(exchanges))
}

func mapsOf(known map[string]string) map[string]bool {
	names := map[string]bool{}
	for name := range known {
		names[name] = true
	}
	return names
}

// A player replays exchanges against an emulator of its own.
type player struct {
	api     *keygentest.API
	clock   *clock
	seed    string
	answers []any // bodies
}

// plant adds the data that the account had before.
func (p *player) plant(t *testing.T, seed []byte) {
	var data struct {
		Account      keygentest.Account
		Entitlements []keygentest.Entitlement
		Users        []keygentest.User
		Policies     []keygentest.Policy
		Licenses     []keygentest.License
		Products     []keygentest.Product
		Releases     []keygentest.Release
		Artifacts    []keygentest.Artifact
	}
	require.NoError(t, json.Unmarshal(seed, &data))
	account := p.api.AddAccount(data.Account)
	for _, e := range data.Entitlements {
		p.api.AddEntitlement(account.ID, e)
	}
	for _, u := range data.Users {
		p.api.AddUser(account.ID, u)
	}
	for _, policy := range data.Policies {
		p.api.AddPolicy(account.ID, policy)
	}
	for _, l := range data.Licenses {
		p.clock.add(time.Millisecond)
		p.api.AddLicense(account.ID, l)
	}
	for _, product := range data.Products {
		p.api.AddProduct(account.ID, product)
	}
	for _, r := range data.Releases {
		p.api.AddRelease(r)
	}
	for _, artifact := range data.Artifacts {
		p.api.AddArtifact(artifact)
	}
}

// differs plays one exchange and says how the answer differs from the one recorded, "" if it does not.
func (p *player) differs(e record.Exchange) string {
	res := httptest.NewRecorder()
	p.api.ServeHTTP(res, p.request(e))
	var body any
	_ = json.Unmarshal(res.Body.Bytes(), &body)
	p.answers = append(p.answers, body)

	var out []string
	compare := func(what string, want, got any) {
		if !reflect.DeepEqual(want, got) {
			out = append(out, fmt.Sprintf("%s: %v in the record, %v here", what, want, got))
		}
	}
	header := res.Result().Header
	want := e.Answer
	compare("status", want.Status, res.Code)
	compare("type", want.ContentType, header.Get("Content-Type"))
	compare("signed", want.Signed, header.Get("Keygen-Signature") != "")
	compare("WWW-Authenticate", want.WWWAuthenticate, header.Get("WWW-Authenticate"))
	compare("throttle", want.Window, header.Get("X-RateLimit-Window"))
	if want.Location != "" && header.Get("Location") != "" { // files lie elsewhere, by other names
		wanted, _ := url.Parse(strings.Replace(want.Location, "{id}", "", 1))
		given, _ := url.Parse(header.Get("Location"))
		compare("place", wanted.Host, given.Host)
	} else {
		compare("location", want.Location, header.Get("Location"))
	}
	if want.Limit > 0 {
		compare("limit", strconv.Itoa(want.Limit), header.Get("X-RateLimit-Limit"))
	}
	compare("errors", errorsOf(want.Body), errorsOf(body))
	if list, ok := dataOf(body).([]any); ok && e.Request.Method != http.MethodHead {
		compare("count", want.Count, len(list))
		// Ids of what the seed does not have are made up.
		if want.IDs != nil && !slices.ContainsFunc(want.IDs, func(id string) bool { return !strings.Contains(p.seed, id) }) {
			compare("order", want.IDs, idsOf(list))
		}
		if len(list) > 1 {
			body.(map[string]any)["data"] = list[:1]
		}
	}
	if errorsOf(want.Body) == "" && e.Request.Method != http.MethodHead {
		out = append(out, shapes("", want.Body, body)...)
	}
	return strings.Join(out, "\n")
}

// request returns the request of an exchange.
func (p *player) request(e record.Exchange) *http.Request {
	r := httptest.NewRequest(e.Request.Method, p.fill(e.Request.Path), strings.NewReader(p.fill(e.Request.Body)))
	r.Host = "licensing.example.test"
	r.RemoteAddr = "198.51.100.1:4711"
	if e.Request.Client != "" {
		r.RemoteAddr = e.Request.Client + ":4711"
	}
	r.Header.Set("Accept", "application/vnd.api+json")
	r.Header.Set("Keygen-Version", "1.8")
	if e.Request.Body != "" {
		r.Header.Set("Content-Type", "application/vnd.api+json")
	}
	switch c := e.Request.Credential; {
	case c.Token != "":
		r.Header.Set("Authorization", c.Scheme+" "+p.fill(c.Token))
	case c.Base64 != "":
		r.Header.Set("Authorization", c.Scheme+" "+c.Base64)
	case c.Text != "":
		r.Header.Set("Authorization", c.Scheme+" "+base64.StdEncoding.EncodeToString([]byte(p.fill(c.Text))))
	}
	for name, value := range e.Request.Headers {
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
	}
	return r
}

var reference = regexp.MustCompile(`\{(\d+)\.([\w.]+)\}`)

// fill puts values of earlier answers in the places that name them.
func (p *player) fill(text string) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		match := reference.FindStringSubmatch(found)
		index, _ := strconv.Atoi(match[1])
		value := p.answers[index]
		for name := range strings.SplitSeq(match[2], ".") {
			members, _ := value.(map[string]any)
			value = members[name]
		}
		return fmt.Sprint(value)
	})
}

// errorsOf returns codes and sources of a document of errors, "" for any other.
func errorsOf(body any) string {
	document, _ := body.(map[string]any)
	list, _ := document["errors"].([]any)
	var out []string
	for _, e := range list {
		e, _ := e.(map[string]any)
		out = append(out, fmt.Sprint(e["code"], e["source"]))
	}
	return strings.Join(out, ", ")
}

func dataOf(body any) any {
	document, _ := body.(map[string]any)
	return document["data"]
}

func idsOf(list []any) []string {
	out := []string{}
	for _, entry := range list {
		entry, _ := entry.(map[string]any)
		id, _ := entry["id"].(string)
		out = append(out, id)
	}
	return out
}

// told are members whose values are not compared: they are made anew each time, or tell the time.
var told = regexp.MustCompile(`/(id|token|tokenId|secret|uri|certificate|proof|key|links/.*|created|updated|expiry|issued|ts|sig|meta/pages|` +
	`last[A-Z]\w*|next[A-Z]\w*|checksum)$`)

// shapes returns where two values have other members, other types or other values.
func shapes(at string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			break
		}
		var out []string
		names := mapsKeys(want)
		for name := range got {
			if _, ok := want[name]; !ok {
				out = append(out, at+"/"+name+": only here")
			}
		}
		for _, name := range names {
			if _, ok := got[name]; !ok {
				out = append(out, at+"/"+name+": only in the record")
				continue
			}
			out = append(out, shapes(at+"/"+name, want[name], got[name])...)
		}
		slices.Sort(out)
		return out
	case []any:
		got, ok := got.([]any)
		if !ok {
			break
		}
		if len(want) != len(got) {
			return []string{fmt.Sprintf("%s: %d in the record, %d here", at, len(want), len(got))}
		}
		var out []string
		for i := range want {
			out = append(out, shapes(at+"/"+strconv.Itoa(i), want[i], got[i])...)
		}
		return out
	}
	switch {
	case reflect.TypeOf(want) != reflect.TypeOf(got):
		return []string{fmt.Sprintf("%s: %v in the record, %v here", at, want, got)}
	case !told.MatchString(at) && !reflect.DeepEqual(want, got):
		return []string{fmt.Sprintf("%s: %v in the record, %v here", at, want, got)}
	}
	return nil
}

func mapsKeys(m map[string]any) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
