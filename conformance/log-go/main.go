// Verifies a Shuheng evidence log and its receipts with Go's own sumdb/tlog and sumdb/note: code by other people, from
// the Debian package golang-golang-x-mod-dev.
//
//	log-go log <folder> <vkey>        the tree from the entries: every tile, the root, the signature
//	log-go receipts <folder> <vkey>   each <id>.tlog-proof with its <id>.json
//	log-go consistency <old checkpoint> <folder> <vkey>   the log only appended since the older checkpoint
//
// Exit status 0 when all is right, 1 with the first difference.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory holds the stored hashes of a log, in the order of tlog.StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, i := range indexes {
		hashes = append(hashes, m[i])
	}
	return hashes, nil
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func main() {
	log.SetFlags(0)
	switch {
	case len(os.Args) == 4 && os.Args[1] == "log":
		c, _ := verifyLog(os.Args[2], os.Args[3])
		fmt.Printf("ok: log %s, %d entries, every tile and the signed root follow from the entries\n", c.origin, c.size)
	case len(os.Args) == 4 && os.Args[1] == "receipts":
		fmt.Printf("ok: %d receipts\n", verifyReceipts(os.Args[2], os.Args[3]))
	case len(os.Args) == 5 && os.Args[1] == "consistency":
		old := readCheckpoint(read(os.Args[2]), os.Args[4])
		now, hashes := verifyLog(os.Args[3], os.Args[4])
		proof, err := tlog.ProveTree(now.size, old.size, hashes)
		must(err)
		must(tlog.CheckTree(proof, now.size, now.root, old.size, old.root))
		fmt.Printf("ok: the log of %d entries begins with the log of %d\n", now.size, old.size)
	default:
		log.Fatal("usage: log-go log <folder> <vkey> | receipts <folder> <vkey> | consistency <checkpoint> <folder> <vkey>")
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func read(path string) []byte {
	b, err := os.ReadFile(path)
	must(err)
	return b
}

func readCheckpoint(raw []byte, vkey string) checkpoint {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	n, err := note.Open(raw, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		log.Fatalf("the checkpoint is not of log %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return checkpoint{lines[0], size, root}
}

func verifyLog(folder, vkey string) (checkpoint, memory) {
	c := readCheckpoint(read(filepath.Join(folder, "checkpoint")), vkey)
	tileAt := func(level int, n, count int64) tlog.Tile {
		width := count - n*256
		if width > 256 {
			width = 256
		}
		return tlog.Tile{H: 8, L: level, N: n, W: int(width)}
	}
	// Go writes tile/8/<level>/<n>: without the height it is the path of C2SP tlog-tiles.
	file := func(t tlog.Tile, from, to string) []byte {
		return read(filepath.Join(folder, strings.Replace(t.Path(), from, to, 1)))
	}
	var hashes memory
	for n := int64(0); n*256 < c.size; n++ {
		t := tileAt(0, n, c.size)
		bundle := file(t, "tile/8/0/", "tile/entries/")
		for i := 0; i < t.W; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				log.Fatalf("bundle %d is cut short at entry %d", n, i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			stored, err := tlog.StoredHashes(n*256+int64(i), bundle[2:2+length], hashes)
			must(err)
			hashes, bundle = append(hashes, stored...), bundle[2+length:]
		}
		if len(bundle) != 0 {
			log.Fatalf("bundle %d has bytes after its entries", n)
		}
	}
	root, err := tlog.TreeHash(c.size, hashes)
	must(err)
	if root != c.root {
		log.Fatal("the root of the entries is not the signed root")
	}
	for level, count := 0, c.size; count > 0; level, count = level+1, count/256 {
		for n := int64(0); n*256 < count; n++ {
			t := tileAt(level, n, count)
			expected, err := tlog.ReadTileData(t, hashes)
			must(err)
			if !bytes.Equal(expected, file(t, "tile/8/", "tile/")) {
				log.Fatalf("tile %s differs", t.Path())
			}
		}
	}
	return c, hashes
}

func verifyReceipts(folder, vkey string) int {
	paths, err := filepath.Glob(filepath.Join(folder, "*.tlog-proof"))
	must(err)
	if len(paths) == 0 {
		log.Fatalf("no *.tlog-proof in %s", folder)
	}
	for _, path := range paths {
		verifyReceipt(path, strings.TrimSuffix(path, ".tlog-proof")+".json", vkey)
	}
	return len(paths)
}

func verifyReceipt(path, entryPath, vkey string) {
	fail := func(why interface{}) { log.Fatalf("%s: %v", filepath.Base(path), why) }
	head, signed, found := strings.Cut(string(read(path)), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		fail("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		fail(err)
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			fail("a hash cannot be read")
		}
		var h tlog.Hash
		copy(h[:], raw)
		proof = append(proof, h)
	}
	c := readCheckpoint([]byte(signed), vkey)
	if err := tlog.CheckRecord(proof, c.size, c.root, index, tlog.RecordHash(read(entryPath))); err != nil {
		fail(err)
	}
}
