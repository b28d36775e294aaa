# Two commands do everything: `make run` and `make test`. `make help` lists the others.

# The packages with code for the browser: they are vetted, checked and tested for that target, too.
BROWSER_PACKAGES := ./wasm ./internal/browser ./internal/jsapi ./internal/keygen ./internal/page ./internal/session
BROWSER := GOOS=js GOARCH=wasm

# The tests of all that is to work without the rest of the program: forms, sign-ins, sessions, and tabs beside each other;
# and those of them that call for an operation, too.
PROFILED := ^Test(TutorialForm|Demo(ByKeyboard|Reload|Remember|TooMany|Tutorial)|EarlySubmit|Session(Ends|Object)|Show|ShowPassword|Text|Actions|StateBeforePaint|SecondFactor|SpentCode|OwnField|OtherEmail|SingleSignOn|NoNetwork|StartOffline|SignOut.*|Renew.*|ClickSoon|LeaveDuringRenewal|Tabs(Lazy|Back|Clear)?|CopySignsOut|CopyRenews|Recovery(Elsewhere|DuringRenewal)|SameUserAgain|TabBesideBrowser|BoundFields.*|CountdownOutside|Focus.*|Forms(ComeAndGo|ThatCome|ThatChange)|FormRenderedAnew|RoomForTheMessage|Redirect.*|Storage.*|PasswordIsOffered|OneIntent|HeldEnter|WrongClock|FastClock|Attach|WebComponent|Module|DisposedAnswersNothing|DisposeInARenewal|CallBesideForm|LazyLoad|Prerendered|AnotherUserWithoutPassword|SignInWithoutExpiry|VerifiedAsBefore|Answers|Accepted|FieldsOutside|NothingInserted|Passwords|ForeignDomain|Languages|SubmitEvent|Veto|TwoPlaces|OneRule|StaffLeftAlone|DistantExpiry|CancelledEvents)$
ASKING := ^Test(Storage|StorageForgets|WrongClock|DistantExpiry|RenewByItself|CopySignsOut|CopyRenews|SameUserAgain|TabBesideBrowser|OneIntent|StartOffline|SignOutOffline|Recovery.*|LeaveDuringRenewal|RenewForbidden|SignOutAtOnce|SignOutOfNobody|StorageThrows|RedirectNeedsStorage|StaffLeftAlone|StorageCorrupt|StorageChanges|Tabs(Lazy|Back|Clear)?)$

.PHONY: help run test browsers hosts aloud parts lint dist release size profile bench findings clean needs needs-chromium needs-whole needs-gcc needs-browsers needs-hosts needs-aloud

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 8

run: ## serve the demo; ACCOUNT=… [HOST=…] [ENVIRONMENT=…] for a real API
	@go run ./internal/cmd/demo -account='$(ACCOUNT)' -host='$(HOST)' -environment='$(ENVIRONMENT)'

test: needs dist ## run all tests, on this machine and in Chromium
	go test -race -timeout 30m $$(go list ./... | grep -v /e2e$$)
	go test -parallel 6 -timeout 30m ./internal/e2e
	$(BROWSER) go test -exec="$$(go tool -n wasmtest)" $(BROWSER_PACKAGES)

browsers: needs-browsers needs-whole dist ## run the browser tests in Firefox, in WebKit, the engine of Safari, and what needs a whole Chromium
	KEYGEN_AUTH_BROWSER=firefox go test -count=1 -parallel 1 -timeout 30m ./internal/e2e
	KEYGEN_AUTH_BROWSER=webkit go test -count=1 -parallel 4 -timeout 30m ./internal/e2e
	go test -count=1 -parallel 4 -run '^TestWarm' ./internal/e2e

hosts: needs needs-whole needs-hosts dist ## test the built files with web servers, bundlers and frameworks; ONLY=TestBundlers/vite for one
	KEYGEN_AUTH_HOSTS=1 go test -count=1 -timeout 90m -run '$(or $(ONLY),TestHosts|TestBundler|TestImports|TestExamples|TestZone|TestWorkbox|TestShells)' ./internal/e2e

aloud: needs-aloud dist ## test what Orca, a screen reader, reads out of Firefox
	KEYGEN_AUTH_BROWSER=firefox-on-screen .ci/aloud go test -count=1 -v -parallel 1 -run TestAloud ./internal/e2e

parts: needs dist ## test with the rest of the program three seconds late, and what needs none of it without
	KEYGEN_AUTH_REST=late go test -count=1 -parallel 4 -timeout 60m ./internal/e2e
	KEYGEN_AUTH_REST=never go test -count=1 -parallel 4 -timeout 30m -run '$(PROFILED)' -skip '$(ASKING)' ./internal/e2e

lint: ## check format and code, for all targets
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt -w these files:"; echo "$$files"; exit 1; }
	go vet ./...
	GOOS=darwin go vet ./...
	GOOS=windows go vet ./...
	$(BROWSER) go vet $(BROWSER_PACKAGES)
	go tool staticcheck ./...
	checker="$$(go tool -n staticcheck)" && $(BROWSER) "$$checker" $(BROWSER_PACKAGES)
	go test ./wasm
	@.ci/types

dist: ## build what a static host serves, into dist/; NAME=… names the files; DEBUG=1 keeps names and lines for tracebacks
	@go run ./internal/cmd/dist $(if $(DEBUG),-debug) $(if $(NAME),-name='$(NAME)')

release: ## write what is downloaded into release/: npm package, archive for static hosts, sums; TAG=v… checks the version
	@go run ./internal/cmd/release $(if $(TAG),-tag='$(TAG)')

bench: needs-chromium needs-whole ## measure it beside the tutorial's script and an empty Go program; ONLY=visits, distance or growth; PUBLISH=1 updates docs/performance.md
	@go run ./internal/cmd/bench $(if $(ONLY),-only='$(ONLY)') $(if $(PUBLISH),-publish)

size: dist ## print what the built files weigh; fail over budget
	@go run ./internal/cmd/size

profile: needs ## list anew the functions that a page starts with, from the tests; commit internal/dist/first.txt
	KEYGEN_AUTH_PROFILE=$(CURDIR)/internal/dist/first.txt go test -count=1 -parallel 4 -timeout 30m -run '$(PROFILED)' ./internal/e2e
	@rm internal/dist/first.txt.all

findings: ## check that other software still surprises in the ways that findings/ records
	@failed=; for script in findings/*.sh; do \
		echo "== $$script"; "$$script" || failed="$$failed $$script"; \
	done; \
	[ -z "$$failed" ] || { echo "no longer holds, or could not run:$$failed"; exit 1; }

clean: ## remove what was built
	rm -rf dist release wasm_exec.js

# What the tests need besides Go: a browser, and a C compiler for the race detector.
needs: needs-chromium needs-gcc

needs-chromium:
	@for name in "$$KEYGEN_AUTH_CHROME" chromium-headless-shell chrome-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; \
	done; .ci/install chromium-headless-shell || .ci/install chromium

# The headless shell makes no connections in advance.
needs-whole:
	@for name in "$$KEYGEN_AUTH_CHROME" chromium chromium-browser google-chrome google-chrome-stable; do \
		case "$$name" in *headless-shell*) continue;; esac; \
		if [ -n "$$name" ] && command -v "$$name" >/dev/null; then exit 0; fi; \
	done; .ci/install chromium

needs-gcc:
	@command -v "$$(go env CC)" >/dev/null || .ci/install gcc libc6-dev

needs-browsers:
	@set --; \
	command -v firefox-esr >/dev/null || command -v firefox >/dev/null || set -- "$$@" firefox-esr; \
	command -v WebKitWebDriver >/dev/null || set -- "$$@" webkit2gtk-driver; \
	command -v Xvfb >/dev/null || set -- "$$@" xvfb; \
	[ $$# -eq 0 ] || .ci/install "$$@"

needs-hosts:
	@set --; \
	[ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || set -- "$$@" nginx; \
	[ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || set -- "$$@" libnginx-mod-http-brotli-static; \
	command -v caddy >/dev/null || set -- "$$@" caddy; \
	[ -x /usr/sbin/apache2 ] || set -- "$$@" apache2; \
	command -v npm >/dev/null || set -- "$$@" npm; \
	command -v WebKitWebDriver >/dev/null || set -- "$$@" webkit2gtk-driver; \
	command -v Xvfb >/dev/null || set -- "$$@" xvfb; \
	/usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1"); gi.require_version("Gtk", "3.0")' 2>/dev/null || \
		set -- "$$@" python3-gi gir1.2-gtk-3.0 gir1.2-webkit2-4.1; \
	[ $$# -eq 0 ] || .ci/install "$$@"

needs-aloud:
	@set --; \
	command -v firefox-esr >/dev/null || command -v firefox >/dev/null || set -- "$$@" firefox-esr; \
	command -v Xvfb >/dev/null || set -- "$$@" xvfb xauth; \
	command -v dbus-run-session >/dev/null || set -- "$$@" dbus; \
	command -v orca >/dev/null || set -- "$$@" orca; \
	[ -x /usr/libexec/at-spi-bus-launcher ] || set -- "$$@" at-spi2-core; \
	[ $$# -eq 0 ] || .ci/install "$$@"
