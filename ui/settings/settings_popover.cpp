// SPDX-License-Identifier: Apache-2.0
#include "ui/settings/settings_popover.h"

#include <QComboBox>
#include <QDir>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/application.h"
#include "app/library/library.h"
#include "app/paths/profile_paths.h"
#include "app/settings/settings_store.h"
#include "ui/settings/language.h"
#include "ui/theme/caption.h"
#include "ui/theme/segmented_control.h"
#include "ui/theme/theme.h"

namespace ui {

namespace {
constexpr int sheet_width = 320;

QString homeRelative(const QString& path) {
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QString(QLatin1Char('~') + path.mid(home.size())) : path;
}
}  // namespace

SettingsPopover::SettingsPopover(app::Application& application, QWidget* parent) : Popover(parent), application_(application) {
    setObjectName(QStringLiteral("settings_popover"));
    setFixedWidth(sheet_width);
    theme_caption_ = new Caption(this);
    language_caption_ = new Caption(this);
    folder_caption_ = new Caption(this);
    trash_caption_ = new Caption(this);
    theme_ = new SegmentedControl(this);
    theme_->addSegment("monitor");
    theme_->addSegment("sun");
    theme_->addSegment("moon");
    language_ = new QComboBox(this);
    language_->setObjectName(QStringLiteral("language"));
    language_->addItem(QString(), QString());
    for (const QString& code : availableLanguages()) language_->addItem(languageName(code), code);
    folder_ = new QLabel(this);
    folder_->setTextFormat(Qt::PlainText);
    open_folder_ = new QPushButton(this);
    trash_ = new QLabel(this);
    empty_trash_ = new QPushButton(this);
    empty_trash_->setObjectName(QStringLiteral("empty_trash"));
    shortcuts_ = new QPushButton(this);
    about_ = new QPushButton(this);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::space_l, theme::space_l, theme::space_l, theme::space_l);
    column->setSpacing(theme::space_xs);
    const auto row = [](QWidget* left, QWidget* right) {
        auto* line = new QHBoxLayout;
        line->setSpacing(theme::space_s);
        line->addWidget(left, 1);
        line->addWidget(right);
        return line;
    };
    column->addWidget(theme_caption_);
    column->addWidget(theme_);
    column->addSpacing(theme::space_m);
    column->addWidget(language_caption_);
    column->addWidget(language_);
    column->addSpacing(theme::space_m);
    column->addWidget(folder_caption_);
    column->addLayout(row(folder_, open_folder_));
    column->addSpacing(theme::space_m);
    column->addWidget(trash_caption_);
    column->addLayout(row(trash_, empty_trash_));
    column->addSpacing(theme::space_l);
    auto* links = new QHBoxLayout;
    links->setSpacing(theme::space_s);
    links->addWidget(shortcuts_, 1);
    links->addWidget(about_, 1);
    column->addLayout(links);

    connect(theme_, &SegmentedControl::chosen, this, [this](int index) {
        app::Settings settings = application_.settings().settings();
        settings.appearance.theme = static_cast<app::Theme>(index);
        application_.settings().update(settings);
    });
    connect(language_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (refreshing_ || index < 0) return;
        app::Settings settings = application_.settings().settings();
        settings.appearance.language = language_->itemData(index).toString();
        application_.settings().update(settings);
    });
    connect(open_folder_, &QPushButton::clicked, this, &SettingsPopover::imagesFolderRequested);
    const auto closing = [this](auto signal) {
        return [this, signal] {
            hide();
            Q_EMIT(this->*signal)();
        };
    };
    connect(empty_trash_, &QPushButton::clicked, this, closing(&SettingsPopover::emptyTrashRequested));
    connect(shortcuts_, &QPushButton::clicked, this, closing(&SettingsPopover::shortcutsRequested));
    connect(about_, &QPushButton::clicked, this, closing(&SettingsPopover::aboutRequested));
    retranslate();
}

void SettingsPopover::showEvent(QShowEvent* event) {
    refresh();
    Popover::showEvent(event);
}

void SettingsPopover::refresh() {
    refreshing_ = true;
    const app::Settings& settings = application_.settings().settings();
    theme_->setCurrent(static_cast<int>(settings.appearance.theme));
    language_->setCurrentIndex(qMax(0, language_->findData(settings.appearance.language)));
    const QString folder = homeRelative(application_.paths().images_dir);
    const int room = sheet_width - 2 * theme::space_l - open_folder_->sizeHint().width() - theme::space_s;
    folder_->setText(folder_->fontMetrics().elidedText(folder, Qt::ElideMiddle, room));
    folder_->setToolTip(application_.paths().images_dir);
    const int count = application_.library().trashCount();
    trash_->setText(count > 0 ? tr("%n picture(s)", nullptr, count) : tr("Empty"));
    empty_trash_->setEnabled(count > 0);
    refreshing_ = false;
}

void SettingsPopover::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    Popover::changeEvent(event);
}

void SettingsPopover::retranslate() {
    setAccessibleName(tr("Settings"));
    theme_caption_->setText(tr("Appearance"));
    theme_->setSegmentText(0, tr("System"), tr("As the desktop"));
    theme_->setSegmentText(1, tr("Light"), tr("Light chrome, light grey canvas"));
    theme_->setSegmentText(2, tr("Dark"), tr("Dark chrome, dark grey canvas"));
    theme_->setAccessibleName(tr("Appearance"));
    language_caption_->setText(tr("Language"));
    language_->setAccessibleName(tr("Language"));
    language_->setToolTip(tr("The language of the studio. Prompts may be in any language."));
    language_->setItemText(0, tr("As the desktop"));
    folder_caption_->setText(tr("Pictures are kept in"));
    open_folder_->setText(tr("Open"));
    open_folder_->setAccessibleName(tr("Open the picture folder"));
    open_folder_->setToolTip(tr("Show the picture folder in the file manager"));
    trash_caption_->setText(tr("Trash"));
    empty_trash_->setText(tr("Empty…"));
    empty_trash_->setAccessibleName(tr("Empty the trash"));
    empty_trash_->setToolTip(tr("Hand deleted pictures to the desktop's trash"));
    shortcuts_->setText(tr("Shortcuts"));
    shortcuts_->setAccessibleName(tr("Keyboard shortcuts"));
    about_->setText(tr("About"));
    about_->setAccessibleName(tr("About Fuselight"));
    refresh();
}

}  // namespace ui
