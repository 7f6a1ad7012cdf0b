#!/usr/bin/env python3
"""Makes the fonts of this folder from Debian's packages fonts-hanazono and fonts-noto-cjk, with fonttools and brotli.

    python3 fonts/build.py [folder that holds usr/share/fonts]

Only whoever wants newer glyphs runs it; the platform reads the files as they are.
"""
import io
import sys
from pathlib import Path

import brotli
from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.scaleUpem import scale_upem

HERE = Path(__file__).parent
ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else "/") / "usr/share/fonts"
# CJK Unified Ideographs Extensions B to F: what GB 18030-2022 asks for beyond the Basic Multilingual Plane.
RARE = (0x20000, 0x2EBE0)
# One file a block: a certificate with one rare name reads one of them.
BLOCK = 0x1000
# Finer than any printer draws at the sizes of a certificate.
UNITS_PER_EM = 512
# 2017-09-04, in seconds since 1904, so that two runs make the same files.
EPOCH = 3_587_328_000
NAME = "Shuheng Certificate"
TITLES = "登记凭证交易交付清算数据资产"


def options():
    o = subset.Options()
    o.layout_features = []
    o.hinting = False
    o.notdef_outline = True
    o.glyph_names = False
    o.name_IDs = []
    o.drop_tables += ["FFTM", "GDEF", "BASE", "vhea", "vmtx", "gasp", "VORG"]
    return o


def save(font, path):
    """Brotli over plain TrueType: the PDF library embeds no WOFF2, and Node unpacks Brotli by itself."""
    font["head"].created = font["head"].modified = EPOCH
    font.recalcTimestamp = False
    names = newTable("name")
    names.names = []
    for number, name in ((1, NAME), (2, "Regular"), (4, NAME), (6, NAME.replace(" ", ""))):
        names.setName(name, number, 3, 1, 0x409)
    font["name"] = names
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = io.BytesIO()
    font.save(plain)
    packed = plain.getvalue() if path.suffix != ".br" else brotli.compress(plain.getvalue(), quality=11, lgwin=24)
    path.write_bytes(packed)
    print(path.name, len(packed))


def rare():
    source = ROOT / "truetype/hanazono/HanaMinB.ttf"
    for start in range(RARE[0], RARE[1] + 1, BLOCK):
        font = TTFont(source)
        wanted = set(range(start, start + BLOCK)) & set(font.getBestCmap())
        if not wanted:
            continue
        s = subset.Subsetter(options())
        s.populate(unicodes=wanted)
        s.subset(font)
        scale_upem(font, UNITS_PER_EM)
        save(font, HERE / "rare-han" / f"{start:x}.ttf.br")


def title():
    font = TTFont(ROOT / "opentype/noto/NotoSerifCJK-Bold.ttc", fontNumber=2)
    assert "SC" in str(font["name"].getDebugName(1)), font["name"].getDebugName(1)
    s = subset.Subsetter(options())
    s.populate(text=TITLES)
    s.subset(font)
    save(font, HERE / "title" / "noto-serif-sc-title.otf")


rare()
title()
