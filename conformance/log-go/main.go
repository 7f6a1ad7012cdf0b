// Verifies a Shuheng evidence log and its receipts with Go's own sumdb/tlog and sumdb/note: code by other people, from
// the Debian package golang-golang-x-mod-dev.
//
//	log-go log <folder> <vkey>        the tree from the entries: every tile, the root, the signature
//	log-go receipts <folder> <vkey>   each <id>.tlog-proof with its <id>.json
//	log-go history <checkpoints> <folder> <vkey>   every checkpoint in a folder is signed, and each begins the next and the log
//	log-go samples <folder> <vkey> <checkpoints> <count>   inclusion proofs made from the tiles, at every checkpoint's size
//	log-go paths <file>   lines "<level> <n> <width> <path>": the paths are Go's, without the height
//
// Exit status 0 when all is right, 1 with the first difference.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
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
	case len(os.Args) == 5 && os.Args[1] == "history":
		verifyHistory(os.Args[2], os.Args[3], os.Args[4])
	case len(os.Args) == 6 && os.Args[1] == "samples":
		count, err := strconv.Atoi(os.Args[5])
		must(err)
		verifySamples(os.Args[2], os.Args[3], os.Args[4], count)
	case len(os.Args) == 3 && os.Args[1] == "paths":
		verifyPaths(os.Args[2])
	default:
		log.Fatal("usage: log-go log|receipts|history|samples|paths …, see main.go")
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

// readCheckpoints gives all checkpoints of a folder, smallest first.
func readCheckpoints(folder, vkey string) []checkpoint {
	paths, err := filepath.Glob(filepath.Join(folder, "*"))
	must(err)
	if len(paths) == 0 {
		log.Fatalf("no checkpoints in %s", folder)
	}
	var all []checkpoint
	for _, path := range paths {
		all = append(all, readCheckpoint(read(path), vkey))
	}
	sort.Slice(all, func(i, j int) bool { return all[i].size < all[j].size })
	return all
}

func verifyHistory(checkpoints, folder, vkey string) {
	now, hashes := verifyLog(folder, vkey)
	all := readCheckpoints(checkpoints, vkey)
	proofs := 0
	begins := func(older, newer checkpoint) {
		if older.size == 0 {
			return // Go proves nothing about an empty log, and nothing needs to be
		}
		proof, err := tlog.ProveTree(newer.size, older.size, hashes)
		must(err)
		must(tlog.CheckTree(proof, newer.size, newer.root, older.size, older.root))
		proofs++
	}
	for i, c := range all {
		if c.size > now.size {
			log.Fatalf("a checkpoint of %d entries, but the log has %d", c.size, now.size)
		}
		root, err := tlog.TreeHash(c.size, hashes)
		must(err)
		if c.size > 0 && root != c.root {
			log.Fatalf("the checkpoint of %d entries carries another root", c.size)
		}
		begins(c, now)
		if i > 0 {
			begins(all[i-1], c)
		}
	}
	fmt.Printf("ok: %d checkpoints of %d to %d entries, each signed, with the root of its entries; %d consistency proofs between each and the next, and each and the log\n",
		len(all), all[0].size, all[len(all)-1].size, proofs)
}

// tileFolder reads tiles as a client would: tlog.TileHashReader proves each against the tree before it takes a hash from it.
type tileFolder struct {
	folder string
	reads  int
}

func (f *tileFolder) Height() int { return 8 }

func (f *tileFolder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		f.reads++
		data, err := os.ReadFile(filepath.Join(f.folder, strings.Replace(t.Path(), "tile/8/", "tile/", 1)))
		if err != nil && t.W < 256 {
			// A partial tile gave way to its full form: the beginning of that.
			full := t
			full.W = 256
			data, err = os.ReadFile(filepath.Join(f.folder, strings.Replace(full.Path(), "tile/8/", "tile/", 1)))
			if err == nil {
				data = data[:t.W*tlog.HashSize]
			}
		}
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f *tileFolder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func verifySamples(folder, vkey, checkpoints string, count int) {
	all := readCheckpoints(checkpoints, vkey)
	tiles := &tileFolder{folder: folder}
	source := rand.New(rand.NewSource(1))
	done := 0
	for done < count {
		c := all[source.Intn(len(all))]
		if c.size == 0 {
			continue
		}
		index := source.Int63n(c.size)
		reader := tlog.TileHashReader(tlog.Tree{N: c.size, Hash: c.root}, tiles)
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		must(err)
		proof, err := tlog.ProveRecord(c.size, index, reader)
		must(err)
		must(tlog.CheckRecord(proof, c.size, c.root, index, leaf[0]))
		if bytes.Equal(leaf[0][:], make([]byte, tlog.HashSize)) {
			log.Fatal("an empty leaf")
		}
		leaf[0][index%tlog.HashSize] ^= 1
		if tlog.CheckRecord(proof, c.size, c.root, index, leaf[0]) == nil {
			log.Fatal("a changed leaf was proven")
		}
		done++
	}
	fmt.Printf("ok: %d inclusion proofs at the sizes of %d checkpoints, from %d tiles each proven against its tree\n", done, len(all), tiles.reads)
}

func verifyPaths(file string) {
	lines := strings.Split(strings.TrimSuffix(string(read(file)), "\n"), "\n")
	for _, line := range lines {
		fields := strings.Fields(line)
		if len(fields) != 4 {
			log.Fatalf("%q is no line of paths", line)
		}
		level, err := strconv.Atoi(fields[0])
		must(err)
		n, err := strconv.ParseInt(fields[1], 10, 64)
		must(err)
		width, err := strconv.Atoi(fields[2])
		must(err)
		path := tlog.Tile{H: 8, L: level, N: n, W: width}.Path()
		if strings.Replace(path, "tile/8/", "tile/", 1) != fields[3] {
			log.Fatalf("Go says %s for %q", path, line)
		}
		tile, err := tlog.ParseTilePath(strings.Replace(fields[3], "tile/", "tile/8/", 1))
		must(err)
		if tile.L != level || tile.N != n || tile.W != width {
			log.Fatalf("Go reads %s as %+v", fields[3], tile)
		}
	}
	fmt.Printf("ok: %d tile paths\n", len(lines))
}
