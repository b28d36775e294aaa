package dist

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/site"
)

// What a host says is tested with the host itself, in package e2e, where that can be installed. All say the same.
func TestHostsSendThePolicy(t *testing.T) {
	policy := site.Policy(site.DefaultAPI, "")
	for _, name := range []string{"_headers", "nginx.conf", "Caddyfile", "cloudfront.json", "apache.htaccess", "firebase.json", "staticwebapp.config.json"} {
		content, err := os.ReadFile(filepath.Join(root, "web", "hosts", name))
		require.NoError(t, err)
		assert.Contains(t, string(content), policy, name)
		assert.Regexp(t, `pages\s+that\s+hold\s+the\s+form|"/\{\{|Forms`, string(content), "%s says what pages it is for", name)
		assert.NotContains(t, string(content), "/*\n  Content-Security-Policy", name)
	}
}

// TestConfigurations fills those that are templates, under another name than the usual one.
func TestConfigurations(t *testing.T) {
	dir := t.TempDir()
	files := []file{{"signin.js", []byte("loader")}, {"signin.wasm", []byte("program")}}
	require.NoError(t, copyHosts(root, dir, "signin", files))
	entries, err := os.ReadDir(filepath.Join(dir, "hosts"))
	require.NoError(t, err)
	names := []string{headers}
	for _, entry := range entries {
		names = append(names, filepath.Join("hosts", entry.Name()))
	}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		text := string(content)
		for _, other := range []string{"keygen-auth.js", "keygen-auth.*", `keygen-auth\.`, "{{"} {
			assert.NotContains(t, text, other, name)
		}
		if filepath.Ext(name) == ".json" {
			if filepath.Base(name) == "firebase.json" { // which may have comments
				text = regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAllString(text, "")
			}
			assert.True(t, json.Valid([]byte(text)), "%s: %s", name, text)
		}
		if slices.Contains(templates, filepath.Base(name)) {
			for _, f := range files {
				assert.Contains(t, text, f.name, name)
				assert.Contains(t, text, f.hashed(), name)
			}
		}
	}
}

// TestS3 runs the script that uploads to S3 with a command in place of Amazon's that only prints what it is asked for.
func TestS3(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(root, "web", "hosts", "s3.sh"))
	require.NoError(t, err)
	dir, bin := t.TempDir(), t.TempDir()
	aws := "#!/bin/sh\necho \"$*\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "aws"), []byte(aws), 0o755))
	for _, name := range []string{"keygen-auth.js", "keygen-auth.js.br", "keygen-auth.0123abcd.mjs", "keygen-auth.runtime.0123abcd.js", "keygen-auth.0123abcd.wasm",
		"keygen-auth.0123abcd.wasm.gz", "keygen-auth.pt-BR.json", "keygen-auth.pt-BR.0123abcd.json", "keygen-auth.d.ts", "package.json", License, Notices} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}

	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), script, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	printed, err := run("s3://bucket/folder/")
	require.NoError(t, err, printed)
	const kept, asked = " --cache-control public, max-age=31536000, immutable", " --cache-control no-cache"
	assert.ElementsMatch(t, []string{
		"s3 cp keygen-auth.js s3://bucket/folder/keygen-auth.js --content-type text/javascript" + asked,
		"s3 cp keygen-auth.0123abcd.mjs s3://bucket/folder/keygen-auth.0123abcd.mjs --content-type text/javascript" + kept,
		"s3 cp keygen-auth.runtime.0123abcd.js s3://bucket/folder/keygen-auth.runtime.0123abcd.js --content-type text/javascript" + kept,
		"s3 cp keygen-auth.0123abcd.wasm s3://bucket/folder/keygen-auth.0123abcd.wasm --content-type application/wasm" + kept,
		"s3 cp keygen-auth.pt-BR.json s3://bucket/folder/keygen-auth.pt-BR.json --content-type application/json" + asked,
		"s3 cp keygen-auth.pt-BR.0123abcd.json s3://bucket/folder/keygen-auth.pt-BR.0123abcd.json --content-type application/json" + kept,
		"s3 cp LICENSE s3://bucket/folder/LICENSE --content-type text/plain" + asked,
		"s3 cp THIRD-PARTY-NOTICES.txt s3://bucket/folder/THIRD-PARTY-NOTICES.txt --content-type text/plain" + asked,
	}, strings.Split(strings.TrimSpace(printed), "\n"))

	printed, err = run()
	require.Error(t, err)
	assert.Contains(t, printed, "say where to")
}
