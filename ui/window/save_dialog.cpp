// SPDX-License-Identifier: Apache-2.0
#include "ui/window/save_dialog.h"

#include <QColorDialog>
#include <QDir>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QStandardPaths>

#include "ui/prompt/number_field.h"
#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {

constexpr int longest_name = 48;
constexpr int dialog_width = 760;
constexpr int dialog_height = 520;

/// A colour to choose, as a small square.
class Swatch final : public QAbstractButton {
public:
    Swatch(QColor color, const QString& name, QWidget* parent) : QAbstractButton(parent), color_(std::move(color)) {
        setCheckable(true);
        setAutoExclusive(true);
        setAccessibleName(name);
        setToolTip(name);
        setFixedSize(theme::control_height, theme::control_height);
        setAttribute(Qt::WA_Hover);
    }
    const QColor& color() const { return color_; }
    void setColor(const QColor& color) {
        color_ = color;
        update();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const theme::Palette& p = colors(this);
        theme::paintPlate(painter, rect().adjusted(4, 4, -4, -4), color_, p.control_line, theme::radius_small);
        if (isChecked() || hasFocus()) theme::paintFocusRing(painter, rect(), isChecked() ? p.text : p.focus, theme::radius);
    }

private:
    QColor color_;
};

struct FormatRow {
    app::ImageFormat format;
    const char* suffix;
    const char* filter;
};

constexpr FormatRow formats[] = {
    {app::ImageFormat::png, "png", QT_TRANSLATE_NOOP("ui::SaveDialog", "PNG, keeps transparency (*.png)")},
    {app::ImageFormat::webp, "webp", QT_TRANSLATE_NOOP("ui::SaveDialog", "WebP, small (*.webp)")},
    {app::ImageFormat::tiff, "tiff", QT_TRANSLATE_NOOP("ui::SaveDialog", "TIFF, for print (*.tiff *.tif)")},
    {app::ImageFormat::jpeg, "jpg", QT_TRANSLATE_NOOP("ui::SaveDialog", "JPEG, no transparency (*.jpg *.jpeg)")},
};

}  // namespace

QString suggestedFileName(const inference::GenerationRequest& request) {
    QString name;
    const QString prompt = QString::fromStdString(request.prompt).simplified();
    for (const QChar c : prompt) {
        if (c.isLetterOrNumber()) name += c.toLower();
        else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-'))) name += QLatin1Char('-');
        if (name.size() >= longest_name) break;
    }
    while (name.endsWith(QLatin1Char('-')) || (!name.isEmpty() && name.back().isHighSurrogate())) name.chop(1);
    if (name.isEmpty()) name = QStringLiteral("fuselight");
    return QStringLiteral("%1-%2").arg(name).arg(request.seed);
}

SaveDialog::SaveDialog(const app::Settings::Export& remembered, const QString& suggested_name, bool has_alpha, QWidget* parent) :
    QFileDialog(parent), remembered_(remembered), matte_(remembered.matte) {
    setObjectName(QStringLiteral("save_dialog"));
    setWindowTitle(tr("Save as"));
    setAcceptMode(QFileDialog::AcceptSave);
    setFileMode(QFileDialog::AnyFile);
    setOption(QFileDialog::DontUseNativeDialog);  // a desktop's own picker has no room for the options
    setLabelText(QFileDialog::Accept, tr("Save"));
    if (!matte_.isValid()) matte_ = Qt::white;
    QString directory = remembered.directory;
    for (const auto place : {QStandardPaths::PicturesLocation, QStandardPaths::HomeLocation}) {
        if (directory.isEmpty() || !QFileInfo(directory).isDir()) directory = QStandardPaths::writableLocation(place);
    }
    setDirectory(directory);
    resize(dialog_width, dialog_height);

    QStringList filters;
    for (const FormatRow& row : formats) filters.append(tr(row.filter));
    setNameFilters(filters);
    const FormatRow* chosen = &formats[0];
    for (const FormatRow& row : formats)
        if (remembered.format == QLatin1String(row.suffix)) chosen = &row;
    selectNameFilter(tr(chosen->filter));
    setDefaultSuffix(QString::fromLatin1(chosen->suffix));
    selectFile(suggested_name + QLatin1Char('.') + QLatin1String(chosen->suffix));
    buildOptionRow(has_alpha);
    showOptionsFor(chosen->format);

    connect(this, &QFileDialog::filterSelected, this, [this](const QString& filter) {
        for (const FormatRow& row : formats) {
            if (tr(row.filter) != filter) continue;
            setDefaultSuffix(QString::fromLatin1(row.suffix));
            const QStringList names = selectedFiles();
            if (!names.isEmpty()) selectFile(QFileInfo(names.constFirst()).completeBaseName() + QLatin1Char('.') + QLatin1String(row.suffix));
            showOptionsFor(row.format);
        }
    });
    if (auto* name = findChild<QLineEdit*>(QStringLiteral("fileNameEdit")))
        connect(name, &QLineEdit::textChanged, this, [this](const QString& text) {
            if (const auto format = app::imageFormatOf(text)) showOptionsFor(*format);
        });
}

void SaveDialog::buildOptionRow(bool has_alpha) {
    option_row_ = new QWidget(this);
    auto* row = new QHBoxLayout(option_row_);
    row->setContentsMargins(0, theme::space_xs, 0, 0);
    row->setSpacing(theme::space_xl);

    matte_part_ = new QWidget(option_row_);
    matte_part_->setVisible(has_alpha);
    auto* matte_row = new QHBoxLayout(matte_part_);
    matte_row->setContentsMargins(0, 0, 0, 0);
    matte_row->setSpacing(theme::space_xs);
    matte_row->addWidget(new QLabel(tr("Behind transparent parts"), matte_part_));
    const std::pair<QColor, QString> choices[] = {{QColor(Qt::white), tr("White")}, {QColor(Qt::black), tr("Black")}, {QColor(Qt::gray), tr("Grey")}};
    bool known = false;
    for (const auto& [color, name] : choices) {
        auto* swatch = new Swatch(color, name, matte_part_);
        swatch->setChecked(color.rgb() == matte_.rgb());
        known = known || swatch->isChecked();
        connect(swatch, &QAbstractButton::clicked, this, [this, swatch] { chooseMatte(swatch->color()); });
        matte_row->addWidget(swatch);
        swatches_.append(swatch);
    }
    auto* own = new Swatch(known ? QColor(Qt::transparent) : matte_, tr("Another colour…"), matte_part_);
    own->setChecked(!known);
    connect(own, &QAbstractButton::clicked, this, [this, own] {
        auto* picker = new QColorDialog(matte_, this);
        picker->setAttribute(Qt::WA_DeleteOnClose);
        connect(picker, &QColorDialog::colorSelected, this, [this, own](const QColor& color) {
            own->setColor(color);
            chooseMatte(color);
        });
        picker->open();
    });
    matte_row->addWidget(own);
    swatches_.append(own);

    quality_part_ = new QWidget(option_row_);
    auto* quality_row = new QHBoxLayout(quality_part_);
    quality_row->setContentsMargins(0, 0, 0, 0);
    quality_row->setSpacing(theme::space_xs);
    quality_ = new NumberField(quality_part_);
    quality_->setDecimals(0);
    quality_->setRange(1, 100);
    quality_->setDefault(app::ExportOptions{}.quality);
    quality_->setQuietly(remembered_.quality);
    quality_->setFixedWidth(2 * theme::primary_height);
    quality_->setAccessibleName(tr("Quality"));
    quality_->setToolTip(tr("1 to 100: higher keeps more and makes a larger file. WebP at 100 loses nothing."));
    quality_row->addWidget(new QLabel(tr("Quality"), quality_part_));
    quality_row->addWidget(quality_);

    row->addWidget(matte_part_);
    row->addWidget(quality_part_);
    row->addStretch(1);
    if (auto* grid = qobject_cast<QGridLayout*>(layout())) grid->addWidget(option_row_, grid->rowCount(), 0, 1, grid->columnCount());
    matte_part_->setProperty("wanted", has_alpha);
}

void SaveDialog::chooseMatte(const QColor& color) { matte_ = color; }

void SaveDialog::showOptionsFor(app::ImageFormat format) {
    const bool matte = !app::keepsAlpha(format) && matte_part_->property("wanted").toBool();
    const bool quality = format == app::ImageFormat::jpeg || format == app::ImageFormat::webp;
    matte_part_->setVisible(matte);
    quality_part_->setVisible(quality);
    option_row_->setVisible(matte || quality);
}

QString SaveDialog::path() const {
    const QStringList names = selectedFiles();
    if (names.isEmpty()) return {};
    QString path = names.constFirst();
    if (!app::imageFormatOf(path)) path += QLatin1Char('.') + defaultSuffix();
    return path;
}

app::ImageFormat SaveDialog::chosenFormat() const { return app::imageFormatOf(path()).value_or(app::ImageFormat::png); }

app::ExportOptions SaveDialog::options() const {
    app::ExportOptions options;
    options.format = chosenFormat();
    options.matte = matte_;
    options.quality = static_cast<int>(quality_->value());
    return options;
}

app::Settings::Export SaveDialog::remember() const {
    app::Settings::Export next = remembered_;
    next.directory = QFileInfo(path()).absolutePath();
    for (const FormatRow& row : formats)
        if (row.format == chosenFormat()) next.format = QString::fromLatin1(row.suffix);
    next.matte = matte_.name();
    next.quality = static_cast<int>(quality_->value());
    return next;
}

}  // namespace ui
