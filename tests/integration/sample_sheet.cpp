// SPDX-License-Identifier: Apache-2.0
// sample_sheet PROMPTS FILE SEED...: what the starter draws for each line of PROMPTS with each of the seeds, none left out, as one picture.
// See packaging/screenshots.sh.

#include <QFile>
#include <QFileInfo>
#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <cstdlib>
#include <memory>
#include <vector>

#include "app/imaging/pixel_image.h"
#include "inference/api/engine.h"
#include "ui/start/model_source.h"
#include "ui/start/program_files.h"

namespace {

constexpr int columns = 4;
constexpr int side = 128;  // as the starter draws it: shown one to one
constexpr int gap = 4;
constexpr int margin = 12;
constexpr int caption_height = 36;
constexpr int checker_square = 8;
const QColor paper(0xff, 0xff, 0xff), ink(0x40, 0x40, 0x40), checker_light(0xf2, 0xf2, 0xf2), checker_dark(0xdd, 0xdd, 0xdd);

[[noreturn]] void fail(const std::string& what) {
    qCritical("sample_sheet: %s", what.c_str());
    std::exit(1);
}

template <typename T> T must(inference::Result<T> result) {
    if (!result) fail(result.error().detail);
    return *std::move(result);
}

QStringList linesOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Text)) fail("cannot read " + path.toStdString());
    QStringList lines;
    for (const QString& line : QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'))) {
        if (!line.trimmed().isEmpty()) lines.append(line.trimmed());
    }
    if (lines.isEmpty()) fail(path.toStdString() + " names no prompt");
    return lines;
}

QImage draw(inference::Engine& engine, const QString& prompt, std::uint64_t seed) {
    inference::GenerationRequest request;
    request.prompt = prompt.toStdString();
    request.seed = seed;
    QImage picture;
    inference::GenerationCallbacks callbacks;
    callbacks.on_image = [&picture](const inference::RenderedImage& image) { picture = app::toImage(image.pixels); };
    static_cast<void>(
        must(engine.generate(must(inference::validate(inference::with_defaults(request, engine.model()), engine.model())), callbacks, {})));
    return picture;
}

void paintChecker(QPainter& painter, const QRect& area) {
    painter.fillRect(area, checker_light);
    for (int y = 0; y < area.height(); y += checker_square) {
        for (int x = (y / checker_square % 2) * checker_square; x < area.width(); x += 2 * checker_square)
            painter.fillRect(area.x() + x, area.y() + y, checker_square, checker_square, checker_dark);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const QGuiApplication application(argc, argv);
    const QStringList words = QGuiApplication::arguments();
    if (words.size() < 4) fail("usage: sample_sheet PROMPTS FILE SEED...");
    const QStringList prompts = linesOf(words[1]);
    const auto seeds = static_cast<int>(words.size() - 3);

    const auto files = ui::ProgramFiles::beside(QFileInfo(QStringLiteral(FUSELIGHT_PROGRAM)).absolutePath());
    inference::EngineConfig config;
    config.pipeline_path = files.starter_pipeline.toStdString();
    config.text_model_path = files.text_model.toStdString();
    const auto engine = must(ui::engineFactory(files.engine_module.toStdString(), config)([](const inference::LoadProgress&) {}, {}));

    const int cell_width = seeds * side + (seeds - 1) * gap + 2 * margin;
    const int cell_height = side + caption_height + margin;
    const int rows = (static_cast<int>(prompts.size()) + columns - 1) / columns;
    QImage sheet(columns * cell_width, rows * cell_height, QImage::Format_RGB32);
    sheet.fill(paper);
    QPainter painter(&sheet);
    QFont font = painter.font();
    font.setPixelSize(12);
    painter.setFont(font);
    painter.setPen(ink);
    for (int i = 0; i < prompts.size(); ++i) {
        const QPoint corner(i % columns * cell_width + margin, i / columns * cell_height + margin);
        for (int s = 0; s < seeds; ++s) {
            const QRect area(corner.x() + s * (side + gap), corner.y(), side, side);
            paintChecker(painter, area);
            painter.drawImage(area, draw(*engine, prompts[i], words[3 + s].toULongLong()));
        }
        const QRect caption(corner.x(), corner.y() + side + gap, cell_width - 2 * margin, caption_height - gap);
        painter.drawText(caption, Qt::AlignLeading | Qt::AlignTop | Qt::TextWordWrap, prompts[i]);
        qInfo("%d of %d", i + 1, static_cast<int>(prompts.size()));
    }
    painter.end();
    if (!sheet.save(words[2])) fail("cannot write " + words[2].toStdString());
    return 0;
}
