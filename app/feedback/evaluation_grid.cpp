// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/evaluation_grid.h"

#include "app/imaging/image_exporter.h"
#include "app/imaging/pixel_image.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPointer>

#include <utility>

namespace app {
namespace {

constexpr int most_pairs = 24;
constexpr qint64 largest_file = 32 * 1024 * 1024;

QImage readSmall(const QString& path, int side) {
    const QFileInfo file(path);
    if (!file.isFile() || file.size() > largest_file) return {};
    const auto pixels = readImage(path);
    if (!pixels) return {};
    const QImage image = toDisplayImage(*pixels);
    const bool fits = image.width() <= side && image.height() <= side;
    return fits ? image : image.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

QList<EvaluationPair> readEvaluationGrid(const QString& adapter_folder, int side) {
    QList<EvaluationPair> pairs;
    for (int i = 0; i < most_pairs; ++i) {
        const QString stem = adapter_folder + QStringLiteral("/thumbs/%1-").arg(i, 2, 10, QLatin1Char('0'));
        const QString base_path = stem + QStringLiteral("base.png");
        EvaluationPair pair;
        pair.base = readSmall(base_path, side);
        pair.candidate = readSmall(stem + QStringLiteral("candidate.png"), side);
        if (pair.base.isNull() || pair.candidate.isNull()) continue;
        if (const auto request = readEmbeddedRequest(base_path)) pair.prompt = QString::fromStdString(request->prompt);
        pairs.append(std::move(pair));
    }
    return pairs;
}

EvaluationGridReader::EvaluationGridReader(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

EvaluationGridReader::~EvaluationGridReader() { pool_.waitForDone(); }

void EvaluationGridReader::read(const QString& adapter_id, const QString& adapter_folder, int side) {
    pool_.start([self = QPointer<EvaluationGridReader>(this), adapter_id, adapter_folder, side] {
        auto pairs = readEvaluationGrid(adapter_folder, side);
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [self, adapter_id, pairs = std::move(pairs)] {
                if (self) Q_EMIT self->ready(adapter_id, pairs);
            },
            Qt::QueuedConnection);
    });
}

}  // namespace app
