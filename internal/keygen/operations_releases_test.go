//go:build !js

package keygen_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

func TestDownloads(t *testing.T) {
	s := enter(t)
	sold := s.AddProduct("demo", keygentest.Product{Name: "Sold"})
	open := s.AddProduct("demo", keygentest.Product{Name: "Open", DistributionStrategy: "OPEN"})
	s.license(keygentest.Policy{Product: sold.ID}, keygentest.License{})
	first := s.AddRelease(keygentest.Release{Product: sold.ID, Version: "1.0.0"})
	second := s.AddRelease(keygentest.Release{Product: sold.ID, Version: "1.1.0", Tag: "latest"})
	free := s.AddRelease(keygentest.Release{Product: open.ID, Version: "0.1.0"})
	file := s.AddArtifact(keygentest.Artifact{Release: second.ID, Filename: "app.dmg", Platform: "darwin", Content: []byte("app")})
	viewer := s.AddArtifact(keygentest.Artifact{Release: free.ID, Filename: "viewer.zip", Content: []byte("zip")})

	assert.Equal(t, []string{free.ID, second.ID, first.ID}, s.does(s.owner.Token, keygen.ListReleases(nil)).ids())
	assert.Equal(t, []string{free.ID}, s.does(s.stranger.Token, keygen.ListReleases(nil)).ids())
	assert.Equal(t, []string{free.ID}, s.does(keygen.Token{}, keygen.ListReleases(nil)).ids(), "without a token")
	for _, name := range []string{second.ID, "1.1.0", "latest"} {
		assert.Equal(t, "1.1.0", s.does(s.owner.Token, keygen.ShowRelease(name)).attribute("version"))
	}
	assert.Equal(t, "1.1.0", s.does(s.owner.Token, keygen.UpgradeRelease("1.0.0", where("product", sold.ID))).attribute("version"))
	_, err := s.api.Do(s.owner.Token, keygen.UpgradeRelease("latest", nil), nil)
	assert.Equal(t, "NOT_FOUND", failure(err).Code)

	assert.Equal(t, []string{file.ID}, s.does(s.owner.Token, keygen.ListArtifacts(where("platform", "darwin"))).ids())
	document, err := s.api.Do(s.owner.Token, keygen.ShowArtifact("app.dmg"), nil)
	require.NoError(t, err)
	assert.Empty(t, keygen.Address(document), "that asks for no download")
	for _, call := range []keygen.Call{
		keygen.DownloadArtifact("", file.ID), keygen.DownloadArtifact("", "app.dmg"), keygen.DownloadArtifact("latest", "app.dmg"),
	} {
		document, err = s.api.Do(s.owner.Token, call, nil)
		require.NoError(t, err)
		assert.Contains(t, keygen.Address(document), "/app.dmg?")
		_, err = s.api.Do(s.stranger.Token, call, nil)
		assert.Equal(t, "NOT_FOUND", failure(err).Code)
	}
	_, err = s.api.Do(keygen.Token{}, keygen.DownloadArtifact("", viewer.ID), nil)
	assert.NoError(t, err)
}

// TestAddress is sent to https, or to this device alone.
func TestAddress(t *testing.T) {
	for address, safe := range map[string]bool{
		"https://storage.example.com/app.dmg?signed": true, "http://localhost:8081/app.dmg": true, "http://127.0.0.1/app": true, "http://[::1]:80/x": true,
		"": false, "http://storage.example.com/app.dmg": false, "javascript:alert(1)": false, "//storage.example.com": false, "data:,": false,
		"http://localhost:80@evil.example/": false, "http://localhost.evil.example/": false, "http://evil.example/localhost": false,
		" https://storage.example.com": false, "http://": false, "http://:80/": false,
	} {
		document := parse(`{"data":{"links":{"redirect":"` + address + `"}}}`)
		if safe {
			assert.Equal(t, address, keygen.Address(document))
			continue
		}
		assert.Empty(t, keygen.Address(document), address)
		api := client(&canned{status: 200, body: `{"data":{"links":{"redirect":"` + address + `"}}}`})
		_, err := api.Do(keygen.Token{}, keygen.DownloadArtifact("", "app.dmg"), nil)
		assert.Equal(t, keygen.CodeResponse, failure(err).Code, address)
	}
}
