// SPDX-License-Identifier: Apache-2.0
#include "app/generation/picture_file.h"

namespace app {
namespace {

constexpr int max_slug = 40;

bool isPlain(QChar unit) { return (unit >= QLatin1Char('a') && unit <= QLatin1Char('z')) || (unit >= QLatin1Char('0') && unit <= QLatin1Char('9')); }

}  // namespace

QString slugOf(const QString& prompt) {
    QString slug;
    bool gap = false;
    // Decomposed, so that an accent falls off its letter. The head is enough: a prompt may be 64 KiB long.
    for (const QChar unit : prompt.left(8 * max_slug).normalized(QString::NormalizationForm_KD).toLower()) {
        if (unit.category() == QChar::Mark_NonSpacing) continue;
        if (!isPlain(unit)) {
            gap = true;
            continue;
        }
        if (slug.size() >= max_slug) break;
        if (gap && !slug.isEmpty()) slug += QLatin1Char('-');
        gap = false;
        slug += unit;
    }
    // A word that was cut says less than none.
    if (slug.size() >= max_slug && slug.lastIndexOf(QLatin1Char('-')) > max_slug / 2) slug.truncate(slug.lastIndexOf(QLatin1Char('-')));
    return slug.isEmpty() ? QStringLiteral("picture") : slug;
}

QString pictureFileName(const Job& job, int index) {
    const quint64 seed = inference::request_for_image(job.request, index).seed;  // the first of its candidates: which is chosen is not known yet
    return job.created_at.toLocalTime().toString(QStringLiteral("yyyyMMdd-HHmmss")) + QLatin1Char('-') +
        slugOf(QString::fromStdString(job.request.prompt)) + QStringLiteral("-s") + QString::number(seed) + QLatin1Char('-') +
        QString::number(job.id.value) + QLatin1Char('-') + QString::number(index) + QStringLiteral(".png");
}

}  // namespace app
