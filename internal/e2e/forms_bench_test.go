package e2e

import (
	"io/fs"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/site"
)

// BenchmarkForms measures how long the program keeps the page from going on when so many forms appear at once, until it
// has attached them. Each has the tutorial's fields and button.
func BenchmarkForms(b *testing.B) {
	const attach = `(async () => {
		const main = document.querySelector("main");
		main.replaceChildren();
		await new Promise((done) => setTimeout(done)); // the ones of before are released
		const forms = Array.from({length: %COUNT%}, () => {
			const form = document.createElement("form");
			form.dataset.keygenForm = "";
			for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {name, type: name}));
			form.append(document.createElement("button"));
			return form;
		});
		const start = performance.now();
		main.append(...forms);
		await new Promise((done) => setTimeout(done)); // observers run before
		const took = performance.now() - start;
		if (!forms.every((form) => form.hasAttribute("method"))) throw new Error("not attached");
		return took;
	})()`
	pages := fstest.MapFS{"form.html": file(document(`data-load="eager"`, "<main></main>"))}
	handler, err := site.New(site.Config{Dist: os.DirFS(filepath.Join(root, "dist")).(fs.ReadDirFS), Pages: pages, API: "http://localhost:9", Account: "demo"})
	require.NoError(b, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	ctx, cancel := chromedp.NewContext(chromiumContext)
	defer cancel()
	await := func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }
	require.NoError(b, chromedp.Run(ctx, chromedp.Navigate(server.URL+"/form.html"), chromedp.Evaluate(`keygenAuth.token()`, nil, await)))
	for _, count := range []int{1, 200} {
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			script := strings.ReplaceAll(attach, "%COUNT%", strconv.Itoa(count))
			least := math.Inf(1) // what else the machine does only adds to it
			for b.Loop() {
				var took float64
				require.NoError(b, chromedp.Run(ctx, chromedp.Evaluate(script, &took, await)))
				least = min(least, took)
			}
			b.ReportMetric(least, "ms/page")
			b.ReportMetric(least/float64(count), "ms/form")
		})
	}
}
