package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"keygenauth/internal/chromium"
)

// What the API is like where it is not on this machine.
const (
	roundTrip    = 150 * time.Millisecond
	passwordTime = 330 * time.Millisecond // that a server takes to check a password
)

// approach is how somebody comes to sign in.
type approach struct {
	what    string
	open    time.Duration // from the load of the page, when they turn to the form, to the submit
	network *network.Conditions
}

var approaches = []approach{
	{what: "page open for 3 s", open: 3 * time.Second},
	// The distance is that of the line: the browser's tools would add it to each request, but not to a connection.
	{what: "1.6 Mbit/s, submit at once", network: &network.Conditions{DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8}},
}

// distance is how many milliseconds a sign-in took by an approach.
type distance struct {
	what         string
	theirs, ours float64
}

// away measures sign-ins at an API that is a round trip away, by TLS and HTTP/2 as on the web. Each visit has a browser
// of its own, which knows nothing of earlier ones: not the server, nor what pages connect to.
func (s *server) away(ctx context.Context, runs int, say tell) ([]distance, error) {
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/tokens") {
			time.Sleep(passwordTime)
		}
		s.api.ServeHTTP(w, r)
	}))
	api.EnableHTTP2 = true
	api.StartTLS()
	defer api.Close()
	line, err := newLine(api.Listener.Addr().String(), roundTrip)
	if err != nil {
		return nil, fmt.Errorf("put the API at a distance: %w", err)
	}
	defer line.Close()
	pages, err := s.host("https://" + line.Addr().String())
	if err != nil {
		return nil, err
	}
	defer pages.Close()

	var all []distance
	for _, a := range approaches {
		values := map[string][]float64{}
		for range runs {
			for _, subject := range []string{snippet, module} {
				value, err := s.approach(ctx, pages.URL+"/"+subject+".html", a)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", a.what, subject, err)
				}
				values[subject] = append(values[subject], value)
			}
		}
		all = append(all, distance{a.what, median(values[snippet]), median(values[module])})
		say("API %v away, %s: %v, %v", roundTrip, a.what, values[snippet], values[module])
	}
	return all, nil
}

// visitLimit is how long a visit may take: what hangs is to be told of.
const visitLimit = 2 * time.Minute

// approach signs in once, in a new browser.
func (s *server) approach(ctx context.Context, page string, a approach) (milliseconds float64, err error) {
	options, err := chromium.WholeOptions()
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, visitLimit)
	defer cancel()
	// The API vouches for itself.
	allocator, stop := chromedp.NewExecAllocator(ctx, append(options, chromedp.Flag("ignore-certificate-errors", true))...)
	defer stop()
	browser, end := chromedp.NewContext(allocator, chromedp.WithErrorf(complain))
	defer end()
	t := &tab{Context: browser}
	if err := t.prepare(condition{cpu: 1, network: a.network}); err != nil {
		return 0, err
	}
	s.api.ResetThrottles()
	if err := chromedp.Run(t, chromedp.Navigate(page)); err != nil {
		return 0, err
	}
	var result sample
	err = t.evaluate(fmt.Sprintf(`(async () => {
		document.querySelector("#email").focus();
		await new Promise((done) => setTimeout(done, %d));
		return signedIn(%q, %q);
	})()`, a.open.Milliseconds(), s.demo.Plain.Email, s.demo.Plain.Password), &result)
	return result.Stored, err
}
