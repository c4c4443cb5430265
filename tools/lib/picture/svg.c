#include "picture/svg.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>

#include "picture/markup.h"

/* Dark colours on light paper have a contrast of at least 3.5 to white, the
 * others as much to black; blue, vermilion, teal, amber, purple and grey are
 * told apart by colour-blind readers. */
static const char style[] =
	".pic{display:block;width:100%;height:auto;"
	"font:11px system-ui,sans-serif}"
	".pic text{fill:currentColor}.pic .e{text-anchor:end}"
	".pic .m{text-anchor:middle}.pic .t{font-weight:600;font-size:12px}"
	".pic .ax,.pic .gr,.pic .id{fill:none;stroke:currentColor}"
	".pic .ax{stroke-opacity:.6}.pic .gr{stroke-opacity:.15}"
	".pic .id{stroke-opacity:.7;stroke-dasharray:2 3}"
	".pic .nb{fill:none;stroke:currentColor;stroke-opacity:.25}"
	".pic .ev{fill:currentColor;stroke:none}"
	".pic [class^=l]{fill:none;stroke-width:1.8;stroke-linejoin:round}"
	".pic .d{stroke-width:4;stroke-linecap:round;stroke-opacity:.65}"
	".pic [class^=k]{fill-opacity:.3}.pic .l1{stroke-dasharray:7 3}"
	".pic .l2{stroke-dasharray:2 2}.pic .l3{stroke-dasharray:8 3 2 3}"
	".pic .l4{stroke-dasharray:4 4}.pic .l5{stroke-dasharray:12 3}"
	".pic pattern path,.pic "
	"[class^=a]{stroke-dasharray:none;stroke-width:1}"
	".l0{stroke:#0b66ad}.f0,.k0{fill:#0b66ad}"
	".l1,.a1{stroke:#c8480c}.f1,.k1{fill:#c8480c}"
	".l2,.a2{stroke:#00806b}.f2,.k2{fill:#00806b}"
	".l3,.a3{stroke:#a87400}.f3,.k3{fill:#a87400}"
	".l4,.a4{stroke:#9a4a86}.f4,.k4{fill:#9a4a86}"
	".l5,.a5{stroke:#6b6b6b}.f5,.k5{fill:#6b6b6b}"
	"@media screen and (prefers-color-scheme:dark){"
	".l0{stroke:#5fb4f2}.f0,.k0{fill:#5fb4f2}"
	".l1,.a1{stroke:#ff8d54}.f1,.k1{fill:#ff8d54}"
	".l2,.a2{stroke:#35c9a6}.f2,.k2{fill:#35c9a6}"
	".l3,.a3{stroke:#f0ba45}.f3,.k3{fill:#f0ba45}"
	".l4,.a4{stroke:#e29bcd}.f4,.k4{fill:#e29bcd}"
	".l5,.a5{stroke:#b0b0b0}.f5,.k5{fill:#b0b0b0}}"
	"@media print{.pic{print-color-adjust:exact}}";

void
svg_style(FILE *out)
{
	fputs(style, out);
}

void
svg_number(FILE *out, double number)
{
	int64_t tenths = llround(number * 10);
	int64_t whole = tenths < 0 ? -tenths : tenths;

	if (!(number > -1e9 && number < 1e9))
		tenths = whole = 0;
	fprintf(out, "%s%lld", tenths < 0 ? "-" : "", (long long)(whole / 10));
	if (whole % 10 != 0)
		fprintf(out, ".%lld", (long long)(whole % 10));
}

static void
attribute(const struct svg *svg, const char *name, double number)
{
	fprintf(svg->out, " %s=\"", name);
	svg_number(svg->out, number);
	fputc('"', svg->out);
}

void
svg_begin(const struct svg *svg, const struct svg_head *head)
{
	FILE *out = svg->out;

	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pic\" "
	      "role=\"img\" viewBox=\"0 0 ",
	      out);
	svg_number(out, head->width);
	fputc(' ', out);
	svg_number(out, head->height);
	fprintf(out, "\" aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">",
		svg->id, svg->id, svg->id);
	markup_text(out, head->title);
	fprintf(out, "</title>\n<desc id=\"%s-d\">", svg->id);
	markup_text(out, head->desc);
	fputs("</desc>\n", out);
	if (!head->alone)
		return;
	fputs("<style>", out);
	svg_style(out);
	fputs(".pic{color:#222}@media screen and (prefers-color-scheme:dark){"
	      ".pic{color:#ddd}}</style>\n",
	      out);
	svg_text(svg, "t", 4, 14, head->title, (size_t)head->width / 7);
}

void
svg_end(const struct svg *svg)
{
	fputs("</svg>\n", svg->out);
}

void
svg_line(const struct svg *svg, const char *class, double x1, double y1,
	 double x2, double y2)
{
	svg_path(svg, class);
	svg_to(svg, 'M', x1, y1);
	if (y1 == y2)
		svg_to(svg, 'H', x2, y2);
	else if (x1 == x2)
		svg_to(svg, 'V', x2, y2);
	else
		svg_to(svg, 'L', x2, y2);
	svg_path_end(svg);
}

static void
text(const struct svg *svg, const char *class, const char *words,
     size_t columns)
{
	if (class != NULL)
		fprintf(svg->out, " class=\"%s\"", class);
	fputc('>', svg->out);
	markup_cut(svg->out, words, columns);
	fputs("</text>\n", svg->out);
}

void
svg_text(const struct svg *svg, const char *class, double x, double y,
	 const char *words, size_t columns)
{
	fputs("<text", svg->out);
	attribute(svg, "x", x);
	attribute(svg, "y", y);
	text(svg, class, words, columns);
}

void
svg_turned_text(const struct svg *svg, const char *class, double x, double y,
		const char *words, size_t columns)
{
	fputs("<text transform=\"translate(", svg->out);
	svg_number(svg->out, x);
	fputc(' ', svg->out);
	svg_number(svg->out, y);
	fputs(") rotate(-90)\"", svg->out);
	text(svg, class, words, columns);
}

void
svg_path(const struct svg *svg, const char *class)
{
	fprintf(svg->out, "<path class=\"%s\" d=\"", class);
}

void
svg_to(const struct svg *svg, char command, double x, double y)
{
	bool across = toupper(command) != 'V', down = toupper(command) != 'H';

	fputc(command, svg->out);
	if (across)
		svg_number(svg->out, x);
	if (across && down)
		fputc(' ', svg->out);
	if (down)
		svg_number(svg->out, y);
}

void
svg_box(const struct svg *svg, double x, double y, double width, double height)
{
	svg_to(svg, 'M', x, y);
	svg_to(svg, 'h', width, 0);
	svg_to(svg, 'v', 0, height);
	svg_to(svg, 'h', -width, 0);
	fputc('z', svg->out);
}

void
svg_marker(const struct svg *svg, size_t series, double x, double y)
{
	static const struct {
		double dx, dy;
		const char *rest;
	} markers[SVG_SERIES] = {
		{ -3, 0, "a3 3 0 1 0 6 0a3 3 0 1 0-6 0z" }, /* disc */
		{ -2.7, -2.7, "h5.4v5.4h-5.4z" },	    /* square */
		{ 0, -3.5, "l3.5 6h-7z" },		    /* triangle */
		{ 0, -4, "l4 4l-4 4l-4-4z" },		    /* diamond */
		{ 0, 3.5, "l3.5-6h-7z" },		    /* triangle down */
		{ -1, -4, "h2v3h3v2h-3v3h-2v-3h-3v-2h3z" }, /* cross */
	};

	svg_to(svg, 'M', x + markers[series].dx, y + markers[series].dy);
	fputs(markers[series].rest, svg->out);
}

void
svg_path_end(const struct svg *svg)
{
	fputs("\"/>\n", svg->out);
}

void
svg_hatches(const struct svg *svg, size_t count)
{
	static const char *const lines[SVG_SERIES] = {
		"",	  "M-2 6l8-8M2 10l8-8", "M0 4h8", "M-2 2l8 8M2-2l8 8",
		"M4 0v8", "M0 4h8M4 0v8"
	};
	size_t i;

	fputs("<defs>", svg->out);
	for (i = 1; i < count && i < SVG_SERIES; i++)
		fprintf(svg->out,
			"<pattern id=\"%s-h%zu\" width=\"8\" height=\"8\" "
			"patternUnits=\"userSpaceOnUse\"><path class=\"k%zu\" "
			"d=\"M0 0h8v8h-8z\"/><path class=\"l%zu\" d=\"%s\"/>"
			"</pattern>",
			svg->id, i, i, i, lines[i]);
	fputs("</defs>\n", svg->out);
}

void
svg_area(const struct svg *svg, size_t series)
{
	if (series == 0)
		svg_path(svg, "f0");
	else
		fprintf(svg->out,
			"<path class=\"a%zu\" fill=\"url(#%s-h%zu)\" "
			"d=\"",
			series, svg->id, series);
}

void
svg_move(const struct svg *svg, double x, double y)
{
	fputs("<g transform=\"translate(", svg->out);
	svg_number(svg->out, x);
	fputc(' ', svg->out);
	svg_number(svg->out, y);
	fputs(")\">\n", svg->out);
}

void
svg_move_end(const struct svg *svg)
{
	fputs("</g>\n", svg->out);
}
